"""Runs the rules that compare assistants, and finds out which files those rules need to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.lint.model.file_result import AssistantFact, ProjectFacts, ProjectHit
from revox_sync.lint.model.finding import Excerpt, Finding, Region, RelatedRegion
from revox_sync.lint.model.rule import ProjectRule
from revox_sync.lint.registry import Selection
from revox_sync.source.files.tree import TreeError
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.source.yaml.decode import decode_text

if TYPE_CHECKING:
    from revox_sync.lint.engine.file_checker import FileChecker
    from revox_sync.lint.model.file_result import EnvironmentResult, FileResult

# What may be a tag, which brings in text of another file; neither the `!` that ends a sentence nor one before a quote.
_TAG: Final = re.compile(r"""!(?<![^\s\[{,:?-]!)[^\s"]""")
# Where a name may differ from the text of its file: folded lines, lost characters, doubled quotes.
_UNLIKE_TEXT: Final = re.compile(r"[\s\ufffd']+")
# So many names are looked for in the texts of files; for more of them it is faster to load the files.
_MOST_NAMES: Final = 100


class ProjectChecker:
    """Runs the rules that compare assistants.

    Args:
        environments: whose variables are tried.
        file_checker: gives what loads files; called when one has to be loaded.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        file_checker: Callable[[], FileChecker],
    ) -> None:
        self._workspace = workspace
        self._environments = environments
        self._selection = selection
        self._file_checker = file_checker
        self._names: dict[tuple[str, str], tuple[Region, Excerpt]] = {}

    def findings(self, results: Mapping[str, FileResult]) -> Iterator[tuple[Environment, list[Finding]]]:
        """By environment, what is wrong between the given files and all other files of the project.

        Args:
            results: of the files to report on, by path.
        """
        rules = self._selection.running(ProjectRule)
        if not rules:
            return
        shown = self._shown(results)
        for environment in self._environments:
            facts = _facts(shown, environment)
            project = ProjectFacts(facts, self._workspace.locked_ids)
            hits = ((rule, fact, hit) for rule in rules for fact, hit in rule.check(project))
            yield (
                environment,
                [
                    self._finding(rule, fact, hit, environment)
                    for rule, fact, hit in hits
                    if self._concerns(results, fact, hit) and rule.code not in self._selection.ignored(fact.address)
                ],
            )

    def namesakes(self, results: Mapping[str, FileResult]) -> dict[str, frozenset[str]]:
        """Addresses of the other files of the project, given or not, that have a file's name somewhere, by address."""
        found: dict[str, frozenset[str]] = {}
        shown = self._shown(results)
        for environment in self._environments:
            groups: dict[str, set[str]] = {}
            for fact in _facts(shown, environment):
                groups.setdefault(fact.served_name, set()).add(fact.address)
            for addresses in groups.values():
                for address in addresses if len(addresses) > 1 else ():
                    found[address] = found.get(address, frozenset()) | (addresses - {address})
        return found

    def _shown(self, results: Mapping[str, FileResult]) -> list[EnvironmentResult]:
        """What the given files show, and others that may have one of their names."""
        shown = [shown for result in results.values() for shown in result.environments]
        return [*shown, *self._namesakes(results, {entry.fact.served_name for entry in shown if entry.fact})]

    def _concerns(self, results: Mapping[str, FileResult], fact: AssistantFact, hit: ProjectHit) -> bool:
        """Whether a hit is about one of the files to report on."""
        return fact.path in results or (hit.also is not None and hit.also.path in results)

    def _namesakes(self, results: Mapping[str, FileResult], names: Collection[str]) -> Iterable[EnvironmentResult]:
        """What the other files of the project show that may have one of the names."""
        others = [file for file in self._workspace.files if file.path not in results]
        if not others:
            return ()
        index = _NameSearch(self._workspace, self._environments, names)
        return (shown for file in others if index.may_find(file) for shown in self._file_checker().unchecked(file))

    def _finding(self, rule: ProjectRule, fact: AssistantFact, hit: ProjectHit, environment: Environment) -> Finding:
        region, line = self._name(fact, environment)
        also = (RelatedRegion(hit.said, self._name(hit.also, environment)[0]),) if hit.also else ()
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=self._selection.severity.get(rule.code, hit.severity or rule.severity),
            message=hit.message,
            label=hit.label,
            region=region,
            excerpt=line.text,
            related=also,
            excerpt_start=line.start,
        )

    def _name(self, fact: AssistantFact, environment: Environment) -> tuple[Region, Excerpt]:
        """Where the name of an assistant is written, and that line; facts do not hold it, because few are reported."""
        asked = (fact.path, environment.name)
        if asked not in self._names:
            self._names[asked] = self._file_checker().name_place(AssistantFile(fact.address, fact.path), environment)
        return self._names[asked]


def _facts(shown: Iterable[EnvironmentResult], environment: Environment) -> list[AssistantFact]:
    return [entry.fact for entry in shown if entry.fact and entry.environment in {None, environment.name}]


class _NameSearch:
    """Which files may hold an assistant with one of some names, without loading them.

    Without tags, escapes and defaults every word of a name is written in its file as it is. So most files only have to
    be searched for these words.

    Args:
        names: as the API may return them.
    """

    def __init__(self, workspace: Workspace, environments: Sequence[Environment], names: Collection[str]) -> None:
        self._tree = workspace.tree
        # The longest word first: it is the one that most files do not have.
        self._names = [sorted(_UNLIKE_TEXT.split(name), key=len, reverse=True) for name in names]
        many = len(names) > _MOST_NAMES
        self._everywhere = many or any(_names_by_default(workspace, environment) for environment in environments)

    def may_find(self, file: AssistantFile) -> bool:
        """Whether the assistant of a file may have one of the names; a file that cannot be read has none."""
        if not self._names or self._everywhere:
            return bool(self._names)
        try:
            text, problems = decode_text(self._tree.read(file.path), file.path)
        except TreeError:
            return False
        if problems or "\\" in text or _TAG.search(text):
            return True
        text = (text if text.isascii() else normalize("NFC", text)).casefold()  # as names are, see `served_name`
        return any(all(word in text for word in words) for words in self._names)


def _names_by_default(workspace: Workspace, environment: Environment) -> bool:
    """Whether the configuration has a default for names, which assistants without a name of their own then have."""
    configuration = workspace.loader(environment).load(CONFIG_NAME, shared=True).value
    defaults = configuration.get("defaults") if isinstance(configuration, dict) else None
    return isinstance(defaults, dict) and "name" in defaults
