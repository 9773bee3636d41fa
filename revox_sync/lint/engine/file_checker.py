"""Lints one file in every environment that makes a difference to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Final

from revox_sync.config import Environment
from revox_sync.contract.fields import contract, is_hidden
from revox_sync.lint.checks.url_host import host, why_unreachable
from revox_sync.lint.engine.hit_to_finding import excerpt, finding_of, proven_fix, region_of
from revox_sync.lint.model.account import Account, KeyRefusedError
from revox_sync.lint.model.finding import Finding, Region
from revox_sync.lint.model.project_facts import AssistantFact
from revox_sync.lint.model.result import EnvironmentResult, FileResult
from revox_sync.lint.model.rule import FileRule, Fix, Hit, OnlineRule, Rule
from revox_sync.lint.registry import Selection, file_rules, online_rules
from revox_sync.lint.subject.subject import LintContext, Subject
from revox_sync.source.dependents import Uses
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace

MOST_PROOFS: Final = 40
"""Fixes shown for one file at most: each is proven by reading the file again."""


class Checker:
    """Runs the rules about single files.

    Args:
        environments: whose variables and contracts are tried.
        account: answers the rules of `--online`; None: they do not run.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        account: Account | None = None,
    ) -> None:
        self._workspace = workspace
        self._environments = environments
        self._selection = selection
        self._account = account
        self._proofs_left = MOST_PROOFS
        self._is_alone = True
        self._local = {environment.name for environment in environments if _is_local(environment.base_url)}
        rules = [kind() for kind in file_rules() if selection.runs(kind)]
        self._rules = [(rule, frozenset(rule.traits())) for rule in rules]
        self._concerned_by: dict[frozenset[str], list[FileRule]] = {}
        self._online = [kind() for kind in online_rules() if selection.runs(kind)] if account else []

    def check(self, file: AssistantFile) -> FileResult:
        """What one file shows."""
        self._proofs_left = MOST_PROOFS
        self._is_alone = True
        subjects, varies = self._subjects(file)
        results = tuple(
            EnvironmentResult(environment.name if varies else None, tuple(self._findings(subject)), _fact(subject))
            for environment, subject in zip(self._environments, subjects, strict=False)
        )
        sources = {path for subject in subjects for path in subject.document.sources}
        uncommented = subjects[0].loader.is_uncommented
        unresolved = any(
            problem.kind is ProblemKind.UNRESOLVED for subject in subjects for problem in subject.document.problems
        )
        return FileResult(
            results,
            read=frozenset(sources - {file.path}),
            commented=frozenset(path for path in sources if path.endswith(SUFFIXES) and not uncommented(path)),
            complete=self._is_alone and not unresolved and self._account is None,
        )

    def unchecked(self, file: AssistantFile) -> list[EnvironmentResult]:
        """What rules that compare files need to know of a file; no other rule runs."""
        subjects, varies = self._subjects(file)
        pairs = zip(self._environments, subjects, strict=False)
        return [
            EnvironmentResult(environment.name if varies else None, (), _fact(subject))
            for environment, subject in pairs
        ]

    def name_place(self, file: AssistantFile, environment: Environment) -> tuple[Region, str]:
        """Where an assistant's name is written, and the line, secrets blotted out."""
        subject = self.subject(file, environment)
        place = subject.document.locate(("name",)).place
        region = region_of(place, subject.document.sources)
        return region, excerpt(subject, place, region.line)

    def _subjects(self, file: AssistantFile) -> tuple[list[Subject], bool]:
        """The file in the first environment, or in all of them, and whether they make a difference to it."""
        first, *others = self._environments
        subject = self.subject(file, first)
        varies = subject.document.uses_variables or any(
            environment.contract != first.contract for environment in others
        )
        return [subject, *(self.subject(file, environment) for environment in others if varies)], varies

    def subject(self, file: AssistantFile, environment: Environment) -> Subject:
        """A file as rules look at it."""
        context = LintContext(
            contract(environment.contract),
            self._workspace.loader(environment),
            self._workspace.config.lint.variables,
            is_local=environment.name in self._local,
        )
        return Subject(file, self._workspace.load(file, environment), context)

    def _findings(self, subject: Subject) -> Iterator[Finding]:
        ignored = self._selection.ignored(subject.file.address)
        for rule in self._concerned(subject.traits):
            if rule.code not in ignored:
                for hit in rule.check(subject):
                    yield self._finding(rule, hit, subject)
        if self._account is not None:
            for online in self._online:
                if online.code not in ignored:
                    for hit in _asked(online, subject, self._account):
                        yield self._finding(online, hit, subject)

    def _concerned(self, traits: frozenset[str]) -> list[FileRule]:
        """The rules that may find something in a file with these traits; a project has few kinds of files."""
        known = self._concerned_by.get(traits)
        if known is None:
            known = [rule for rule, looked_at in self._rules if not looked_at or not traits.isdisjoint(looked_at)]
            self._concerned_by[traits] = known
        return known

    def fixable(self, file: AssistantFile) -> tuple[Subject, list[tuple[str, Region, Fix]]]:
        """A file in the first environment, and code, region and fix of everything that can be mended in it."""
        subject = self.subject(file, self._environments[0])
        sources = subject.document.sources
        hits = [(rule, hit) for rule, _ in self._rules for hit in rule.check(subject)]
        return subject, [
            (rule.code, region_of(hit.location.place, sources), hit.fix) for rule, hit in hits if hit.fix is not None
        ]

    def is_own(self, file: AssistantFile, path: str) -> bool:
        """Whether no other assistant can feel a change of the file at `path`."""
        if path == file.path:
            return True
        self._is_alone = False  # another assistant may begin to use the file, which changes nothing that is read here
        return [user.path for user in self._uses.of(path)] == [file.path]

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._workspace)

    def _finding(self, rule: Rule, hit: Hit, subject: Subject) -> Finding:
        fix = None
        if hit.fix is not None and self._proofs_left:
            self._proofs_left -= 1
            fix = proven_fix(hit.fix, subject, partial(self.is_own, subject.file))
        return finding_of(rule, hit, subject, self._selection.severity, fix)


def _asked(rule: OnlineRule, subject: Subject, account: Account) -> Iterator[Hit]:
    """What an online rule finds; nothing where the key is refused, which is another rule's finding."""
    try:
        yield from rule.check(subject, account)
    except KeyRefusedError:
        return


def _is_local(base_url: object) -> bool:
    return isinstance(base_url, str) and why_unreachable(host(base_url)) is not None


def _fact(subject: Subject) -> AssistantFact | None:
    value = subject.value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not subject.is_known(("name",)):
        return None
    return AssistantFact(subject.file.address, subject.file.path, value["name"], is_hidden(value))
