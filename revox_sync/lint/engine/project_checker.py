"""What the assistants of a project show together, and which files may share a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from revox_sync.lint.model.finding import Finding, Region, RelatedRegion
from revox_sync.lint.model.project_facts import AssistantFact, ProjectFacts, ProjectHit
from revox_sync.lint.registry import Selection, project_rules
from revox_sync.source.workspace import AssistantFile, Workspace

if TYPE_CHECKING:
    from revox_sync.config import Environment
    from revox_sync.lint.engine.file_checker import Checker
    from revox_sync.lint.model.result import EnvironmentResult, FileResult
    from revox_sync.lint.model.rule import ProjectRule
import re
from collections.abc import Collection
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.source.files.tree import TreeError
from revox_sync.source.yaml.decode import decode_text


class ProjectCheck:
    """Runs the rules that compare files.

    Args:
        environments: whose variables are tried.
        checker: loads files; called when one has to be.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        checker: Callable[[], Checker],
    ) -> None:
        self._workspace = workspace
        self._environments = environments
        self._selection = selection
        self._checker = checker
        self._names: dict[tuple[str, str], tuple[Region, str]] = {}

    def findings(self, results: Mapping[str, FileResult]) -> Iterator[tuple[Environment, list[Finding]]]:
        """By environment, what files show together with all others of the project.

        Args:
            results: of the files, by path.
        """
        rules = [kind() for kind in project_rules() if self._selection.runs(kind)]
        if not rules:
            return
        shown = [shown_there for result in results.values() for shown_there in result.environments]
        shown += self._namesakes(results, [result.fact for result in shown if result.fact])
        for environment in self._environments:
            facts = [result.fact for result in shown if result.fact and result.environment in {None, environment.name}]
            project = ProjectFacts(facts, self._workspace.locked_addresses)
            found = ((rule, fact, hit) for rule in rules for fact, hit in rule.check(project))
            kept = (hit for hit in found if self._concerns(results, *hit))
            yield environment, [self._finding(*hit, environment) for hit in kept]

    def _concerns(
        self, results: Mapping[str, FileResult], rule: ProjectRule, fact: AssistantFact, hit: ProjectHit
    ) -> bool:
        """Whether a hit is about one of the files, and reported there."""
        paths = {fact.path, hit.also.path} if hit.also else {fact.path}
        return not paths.isdisjoint(results) and rule.code not in self._selection.ignored(fact.address)

    def _namesakes(
        self, results: Mapping[str, FileResult], facts: Sequence[AssistantFact]
    ) -> Iterable[EnvironmentResult]:
        """What the rest of the project shows that may have the name of one of the files."""
        others = [file for file in self._workspace.files if file.path not in results]
        if not others:
            return ()

        namesakes = SameNameIndex(self._workspace, self._environments, {fact.served_name for fact in facts})
        return (result for file in others if namesakes.may_include(file) for result in self._checker().unchecked(file))

    def _finding(self, rule: ProjectRule, fact: AssistantFact, hit: ProjectHit, environment: Environment) -> Finding:
        region, line = self._name(fact, environment)
        also = (RelatedRegion(hit.said, self._name(hit.also, environment)[0]),) if hit.also else ()
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=self._selection.severity.get(rule.code, rule.severity),
            message=hit.message,
            label=hit.label,
            region=region,
            excerpt=line,
            related=also,
        )

    def _name(self, fact: AssistantFact, environment: Environment) -> tuple[Region, str]:
        """Where the name of an assistant is written, and the line; looked up for a finding only."""
        asked = (fact.path, environment.name)
        if asked not in self._names:
            self._names[asked] = self._checker().name_place(AssistantFile(fact.address, fact.path), environment)
        return self._names[asked]


TAG: Final = re.compile(r"""!(?<![^\s\[{,:?-]!)[^\s"]""")
"""What may be a tag, which brings in what is not in the file: not the end of a sentence, and not that of a quote."""
CHANGED: Final = re.compile(r"[\s\ufffd']+")
"""What a value may have where its file has something else: folded lines, lost characters, doubled quotes."""
MOST_NAMES: Final = 100
"""How many names are looked for in texts; for more of them it is faster to load the files."""


class SameNameIndex:
    """Which files may hold an assistant with one of some names.

    Without tags, escapes and defaults every word of a name stands in its file as it is: most files have only to be
    searched for these words.

    Args:
        names: as served.
    """

    def __init__(self, workspace: Workspace, environments: Sequence[Environment], names: Collection[str]) -> None:
        self._tree = workspace.tree
        self._names = [sorted(CHANGED.split(name), key=len, reverse=True) for name in names]
        many = len(names) > MOST_NAMES
        self._everywhere = many or any(_names_by_default(workspace, environment) for environment in environments)

    def may_include(self, file: AssistantFile) -> bool:
        """Whether an assistant may have one of the names; a file that cannot be read has none."""
        if not self._names or self._everywhere:
            return bool(self._names)
        try:
            text, problems = decode_text(self._tree.read(file.path), file.path)
        except TreeError:
            return False
        if problems or "\\" in text or TAG.search(text):
            return True
        return any(all(word in text for word in words) for words in self._names)


def _names_by_default(workspace: Workspace, environment: Environment) -> bool:
    """Whether the configuration names assistants that do not say their name."""
    configuration = workspace.loader(environment).load(CONFIG_NAME, shared=True).value
    defaults = configuration.get("defaults") if isinstance(configuration, dict) else None
    return isinstance(defaults, dict) and "name" in defaults
