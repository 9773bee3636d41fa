"""Lints one file in every environment that makes a difference to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.contract.fields import contract, is_hidden
from revox_sync.lint.checks.url_host import host, why_unreachable
from revox_sync.lint.engine.hit_to_finding import excerpt, finding_of, proven_fix
from revox_sync.lint.model.account import Account, KeyRefusedError
from revox_sync.lint.model.file_result import AssistantFact, EnvironmentResult, FileResult, UnreadLines
from revox_sync.lint.model.finding import MOST_FINDINGS, STOPPED, Excerpt, Finding, Region, RelatedRegion
from revox_sync.lint.model.rule import FileRule, Fix, Hit, OnlineRule, Rule
from revox_sync.lint.registry import Selection
from revox_sync.lint.subject.subject import LintContext, Subject
from revox_sync.source.dependents import Dependents
from revox_sync.source.documents.document import Document
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import opaque
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace

_HARMLESS: Final = frozenset({ProblemKind.CONTROL_CHARACTER, ProblemKind.DIRECTIVE, ProblemKind.ENCODING})
"""Problems with which all values are known."""
_ELSEWHERE: Final = frozenset({ProblemKind.UNRESOLVED, ProblemKind.STRAY})
"""Problems whose cause is not in the text of a file that was read."""
_VARIABLE: Final = re.compile(r"""!var\s+["']?([\w-]+)["']?""")
MOST_PROOFS: Final = 40
"""Fixes shown for one file at most. Each is proven by loading the file again, and a broken file has hundreds."""
_MOST_PROVEN: Final = 512 * 1024
"""Characters that are read again for the proofs of one file; of a large one, fewer fixes are shown."""


class FileChecker:
    """Runs the rules about single files.

    Args:
        environments: whose variables and contracts are tried.
        account: answers the rules of `--online`; None where they do not run.
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
        self._rules = [(rule, frozenset(rule.traits())) for rule in selection.running(FileRule)]
        self._rules_by_traits: dict[frozenset[str], list[FileRule]] = {}
        self._online = selection.running(OnlineRule) if account else []

    def check(self, file: AssistantFile, document: Document | None = None) -> FileResult:
        """What one file shows.

        Args:
            document: the file in the first environment, where it is loaded already.
        """
        self._is_alone = True
        subjects = self._subjects(file, document)
        size = sum(len(source.text) for source in subjects[0][1].document.sources.values())
        self._proofs_left = min(MOST_PROOFS, _MOST_PROVEN // (size + 1))
        results = tuple(
            EnvironmentResult(environment, tuple(self._findings(subject, environment)), _fact(subject))
            for environment, subject in subjects
        )
        documents = [subject.document for _, subject in subjects]
        paths = {path for document in documents for path in document.sources}
        own = {path for document in documents for path in document.nodes.sources}
        is_uncommented = subjects[0][1].loader.is_uncommented
        # A file that could not be read has no text whose change could be noticed; a stray one is so because of another.
        elsewhere = any(problem.kind in _ELSEWHERE for document in documents for problem in document.problems)
        return FileResult(
            results,
            read=frozenset(paths - {file.path}),
            unread=tuple(dict.fromkeys(lines for _, subject in subjects for lines in _unread(subject))),
            commented=frozenset(path for path in paths if path.endswith(SUFFIXES) and not is_uncommented(path)),
            complete=self._is_alone and not elsewhere and self._account is None,
            inherits=CONFIG_NAME in paths and CONFIG_NAME not in own,
        )

    def unchecked(self, file: AssistantFile) -> list[EnvironmentResult]:
        """What the rules that compare assistants need to know of a file; no other rule runs."""
        return [EnvironmentResult(environment, (), _fact(subject)) for environment, subject in self._subjects(file)]

    def name_place(self, file: AssistantFile, environment: Environment) -> tuple[Region, Excerpt]:
        """Where an assistant's name is written, and what that line shows, with secrets masked."""
        subject = self.subject(file, environment)
        place = subject.document.locate(("name",)).place
        region = Region.of(place, subject.document.sources)
        return region, excerpt(subject, place, region)

    def _subjects(self, file: AssistantFile, document: Document | None = None) -> list[tuple[str | None, Subject]]:
        """The file in each environment by name; under None alone where environments make no difference to it."""
        first, *others = self._environments
        subject = self.subject(file, first, document)
        if not subject.document.uses_variables and all(other.contract == first.contract for other in others):
            return [(None, subject)]
        return [(first.name, subject), *((other.name, self.subject(file, other)) for other in others)]

    def subject(self, file: AssistantFile, environment: Environment, document: Document | None = None) -> Subject:
        """A file as rules look at it; `document` is the file in that environment, where it is loaded already."""
        context = LintContext(
            contract(environment.contract),
            self._workspace.loader(environment),
            self._selection.variables,
            is_local=environment.name in self._local,
        )
        return Subject(file, document or self._workspace.load(file, environment), context)

    def _findings(self, subject: Subject, environment: str | None) -> Iterator[Finding]:
        ignored = self._selection.ignored(subject.file.address)
        for rule in self._rules_for(subject.traits):
            if rule.code not in ignored:
                # A rule may look at all of a text for each of its findings: then their number must not grow with it.
                for number, hit in enumerate(islice(rule.check(subject), MOST_FINDINGS)):
                    finding = self._finding(rule, hit, subject, environment)
                    last = (RelatedRegion(STOPPED, finding.region),) if number == MOST_FINDINGS - 1 else ()
                    yield finding._replace(related=(*finding.related, *last)) if last else finding
        for online in self._online:
            if online.code not in ignored and self._account is not None:
                for hit in _asked(online, subject, self._account):
                    yield self._finding(online, hit, subject, environment)

    def _rules_for(self, traits: frozenset[str]) -> list[FileRule]:
        """The rules that may find something in a file with these traits."""
        # Remembered, because the files of a project have few different sets of traits.
        rules = self._rules_by_traits.get(traits)
        if rules is None:
            rules = [rule for rule, looks_at in self._rules if not looks_at or not traits.isdisjoint(looks_at)]
            self._rules_by_traits[traits] = rules
        return rules

    def fixable(self, file: AssistantFile) -> tuple[Subject, list[tuple[str, Region, Fix]]]:
        """A file in the first environment, and code, region and fix of every hit in it that has a fix."""
        subject = self.subject(file, self._environments[0])
        sources = subject.document.sources
        hits = [(rule, hit) for rule, _ in self._rules for hit in rule.check(subject)]
        return subject, [
            (rule.code, Region.of(hit.location.place, sources), hit.fix) for rule, hit in hits if hit.fix is not None
        ]

    def is_own(self, file: AssistantFile, path: str) -> bool:
        """Whether a change of the file at `path` affects no other assistant."""
        if path == file.path:
            return True
        # The answer changes when another assistant begins to use the file, which no file read here would show.
        self._is_alone = False
        return [user.path for user in self._dependents.of(path)] == [file.path]

    @cached_property
    def _dependents(self) -> Dependents:
        return Dependents(self._workspace)

    def _finding(self, rule: Rule, hit: Hit, subject: Subject, environment: str | None) -> Finding:
        fix = None
        if hit.fix is not None and self._proofs_left:
            self._proofs_left -= 1
            fix = proven_fix(hit.fix, subject, partial(self.is_own, subject.file))
        finding = finding_of(rule, hit, subject, self._selection.severity, fix)
        set_at = self._variable(hit, subject, environment)
        return finding._replace(related=(*finding.related, set_at)) if set_at else finding

    def _variable(self, hit: Hit, subject: Subject, environment: str | None) -> RelatedRegion | None:
        """Where the variable is set that a hit marks the use of."""
        place = hit.location.place
        source = subject.document.sources.get(place.path)
        used = _VARIABLE.fullmatch(source.text, place.start, place.end) if source and environment is not None else None
        found = self._workspace.variable_place(str(environment), used[1]) if used else None
        return found and RelatedRegion("the variable is set here", Region.of(found[0], {found[0].path: found[1]}))


def _asked(rule: OnlineRule, subject: Subject, account: Account) -> Iterator[Hit]:
    """What an online rule finds; nothing where the API refuses the key, which a rule of its own reports."""
    try:
        yield from rule.check(subject, account)
    except KeyRefusedError:
        return


def _unread(subject: Subject) -> Iterator[UnreadLines]:
    """Lines that rules could not read."""
    document = subject.document
    hiding = [problem for problem in document.problems if problem.kind not in _HARMLESS]
    if hiding:
        # Rules look at more than one value; what is wrong with one of them may keep another from being judged.
        yield from (UnreadLines(path) for path in {document.path, *(problem.place.path for problem in hiding)})
    for pointer, _ in opaque(document.value) if document.uses_secrets or document.uses_variables else ():
        place = subject.locate(pointer).written
        first, last = (document.sources[place.path].position(offset)[0] for offset in place[1:])
        yield UnreadLines(place.path, first, last)


def _is_local(base_url: object) -> bool:
    return isinstance(base_url, str) and why_unreachable(host(base_url)) is not None


def _fact(subject: Subject) -> AssistantFact | None:
    value = subject.value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not subject.is_known(("name",)):
        return None
    return AssistantFact(subject.file.address, subject.file.path, value["name"], is_hidden(value))
