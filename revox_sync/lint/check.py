"""Lints one file in every environment that makes a difference to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Final

from revox_sync.config import Environment
from revox_sync.contract import contract, is_hidden
from revox_sync.lint.facts import AssistantFact
from revox_sync.lint.finding import Finding, Region
from revox_sync.lint.hosts import host, why_unreachable
from revox_sync.lint.online import Account, KeyRefusedError
from revox_sync.lint.registry import Selection, all_rules
from revox_sync.lint.reporting import excerpt, finding, proven_fix, region_of
from revox_sync.lint.result import EnvironmentResult, FileResult
from revox_sync.lint.rule import FileRule, Fix, Hit, OnlineRule, Rule
from revox_sync.lint.subject import Subject
from revox_sync.source.problem import ProblemKind
from revox_sync.source.uses import Uses
from revox_sync.source.workspace import AssistantFile, Workspace

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
        chosen = [kind for kind in all_rules() if kind.code in selection.codes]
        self._rules = [kind() for kind in chosen if issubclass(kind, FileRule)]
        self._online = [kind() for kind in chosen if issubclass(kind, OnlineRule)] if account else []

    def check(self, file: AssistantFile) -> FileResult:
        """What one file shows."""
        self._proofs_left = MOST_PROOFS
        subjects = [self._subject(file, self._environments[0])]
        varies = subjects[0].document.uses_variables or len({each.contract for each in self._environments}) > 1
        if varies:
            subjects += [self._subject(file, each) for each in self._environments[1:]]
        results = tuple(
            EnvironmentResult(environment.name if varies else None, tuple(self._findings(subject)), _fact(subject))
            for environment, subject in zip(self._environments, subjects, strict=False)
        )
        read = {path for each in subjects for path in each.document.sources} - {file.path}
        unresolved = any(p.kind is ProblemKind.UNRESOLVED for each in subjects for p in each.document.problems)
        return FileResult(results, frozenset(read), complete=not unresolved and self._account is None)

    def _subject(self, file: AssistantFile, environment: Environment) -> Subject:
        url = environment.base_url
        return Subject(
            file,
            self._workspace.load(file, environment),
            contract(environment.contract),
            loader=self._workspace.loader(environment),
            variables=self._workspace.config.lint.variables,
            local=isinstance(url, str) and why_unreachable(host(url)) is not None,
        )

    def _findings(self, subject: Subject) -> Iterator[Finding]:
        ignored = self._selection.ignored(subject.file.address)
        for rule in self._rules:
            if rule.code not in ignored:
                yield from self._reported(rule, rule.check(subject), subject)
        if self._account is not None:
            for online in self._online:
                if online.code not in ignored:
                    yield from self._reported(online, _asked(online, subject, self._account), subject)

    def fixable(self, file: AssistantFile) -> tuple[Subject, list[tuple[str, Region, Fix]]]:
        """A file in the first environment, and code, region and fix of everything that can be mended in it."""
        subject = self._subject(file, self._environments[0])
        sources = subject.document.sources
        hits = [(rule, hit) for rule in self._rules for hit in rule.check(subject)]
        return subject, [
            (rule.code, region_of(hit.location.place, sources), hit.fix) for rule, hit in hits if hit.fix is not None
        ]

    def is_own(self, file: AssistantFile, path: str) -> bool:
        """Whether no other assistant can feel a change of the file at `path`."""
        return path == file.path or [each.path for each in self._uses.of(path)] == [file.path]

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._workspace)

    def _reported(self, rule: Rule, hits: Iterator[Hit], subject: Subject) -> Iterator[Finding]:
        for hit in hits:
            fix = None
            if hit.fix is not None and self._proofs_left:
                self._proofs_left -= 1
                fix = proven_fix(hit.fix, subject, partial(self.is_own, subject.file))
            yield finding(rule, hit, subject, self._selection.severity, fix)


def _asked(rule: OnlineRule, subject: Subject, account: Account) -> Iterator[Hit]:
    """What an online rule finds; nothing where the key is refused, which is another rule's finding."""
    try:
        yield from rule.check(subject, account)
    except KeyRefusedError:
        return


def _fact(subject: Subject) -> AssistantFact | None:
    value, document = subject.value, subject.document
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not subject.is_known(("name",)):
        return None
    place = document.locate(("name",)).place
    region = region_of(place, document.sources)
    line = document.sources[place.path].line(region.line)
    if line[: region.column - 1].strip() != "name:" or line[region.end_column - 1 :]:
        line = excerpt(subject, place, region.line)
    return AssistantFact(subject.file.address, subject.file.path, value["name"], is_hidden(value), region, line)
