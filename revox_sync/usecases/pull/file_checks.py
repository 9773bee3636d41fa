"""Whether files can be planned before a pull, and with the texts that it would write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from revox_sync.config import LintOptions
from revox_sync.lint.baseline.delta import delta
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint, namesakes
from revox_sync.lint.model.finding import Severity
from revox_sync.source.dependents import Dependents
from revox_sync.source.workspace import AssistantFile
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.session import Session

_SECRETS: Final = LintOptions(select=("RVX501",))


def unplannable_files(session: Session, files: Sequence[AssistantFile], reader: FileReader) -> set[AssistantFile]:
    """The files too broken to plan; shows what is wrong with them."""
    report = session.lint(files, reader)
    if not report.number_of(Severity.ERROR):
        return set()
    session.show_findings(report)
    return {file for file in files if file_error(session, file, {}) is not None}


def file_error(session: Session, file: AssistantFile, texts: Mapping[str, str]) -> str | None:
    """What would keep a file from being planned if files had these texts."""
    workspace = session.workspace.over(texts)
    report = lint(workspace, [file], [session.environment], NEEDED_TO_PLAN, suppressible=False)
    found = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    return f"{found[0].code} {found[0].message}" if found else None


def objection(session: Session, uses: Dependents, file: AssistantFile, texts: Mapping[str, str]) -> str | None:
    """Why texts must not be written to pull one assistant; None if nothing speaks against it."""
    error = file_error(session, file, texts)
    if error is not None:
        return f"would make the file wrong: {error}"
    # A fragment may be part of several assistants; a pull of one must not change another.
    after = session.workspace.over(texts)
    for other in sorted(uses.readers(texts) - {file}, key=lambda reader: reader.address):
        before, now = (version.load(other, session.environment).value for version in (session.workspace, after))
        if before != now:
            return f"is used by `{other.address}` too, which would change with it: change it by hand"
    return None


def new_leaks(session: Session, texts: Mapping[str, str]) -> Iterator[str]:
    """Each secret in plain text that files would have with these texts, and have not now, with its place."""
    uses = Dependents(session.workspace)
    files = list(dict.fromkeys(file for path in texts for file in uses.of(path)))
    before, after = (
        lint(workspace, files, [session.environment], _SECRETS, suppressible=False)
        for workspace in (session.workspace, session.workspace.over(texts))
    )
    for finding in delta(before, after, {}).new:
        region = finding.region
        yield f"{region.path}:{region.line}:{region.column}: {finding.message}; {finding.label}"


def files_of_one_name(
    session: Session, files: Sequence[AssistantFile], texts: Mapping[str, str], bound: Collection[str]
) -> set[AssistantFile]:
    """The files that nobody could tell from another file of their name if files had these texts.

    Args:
        bound: addresses that the lock will have: those are told apart by their ids.
    """
    found = namesakes(session.workspace.over(texts), files, session.environment)
    return {file for file in files if not found.get(file.address, frozenset()) <= {*bound}}
