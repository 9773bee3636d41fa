"""Runs the rules that compare assistants, and finds out which files those rules need to read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from revox_sync.config import Environment
from revox_sync.lint.model.file_result import AssistantFact, ProjectFacts, ProjectHit
from revox_sync.lint.model.finding import Excerpt, Finding, Region, RelatedRegion
from revox_sync.lint.model.rule import ProjectRule
from revox_sync.lint.registry import Selection
from revox_sync.source.workspace import AssistantFile, Workspace

if TYPE_CHECKING:
    from revox_sync.lint.engine.file_checker import FileChecker
    from revox_sync.lint.engine.name_search import KnownNames
    from revox_sync.lint.model.file_result import EnvironmentResult, FileResult


class ProjectChecker:
    """Runs the rules that compare assistants.

    Args:
        environments: whose variables are tried.
        file_checker: gives what loads files; called when one has to be loaded.
        known: names that former runs met; None where nothing is remembered.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        file_checker: Callable[[], FileChecker],
        known: KnownNames | None = None,
    ) -> None:
        self._workspace = workspace
        self._environments = environments
        self._selection = selection
        self._file_checker = file_checker
        self._known = known
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
        from revox_sync.lint.engine.name_search import NameSearch  # a run over the whole project does without

        search = NameSearch(self._workspace, self._environments, names, self._known)
        return (shown for file in search.among(others) for shown in self._file_checker().unchecked(file))

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
