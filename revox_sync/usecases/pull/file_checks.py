"""Whether files can be planned before a pull, and with the texts that it would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from revox_sync.config import LintOptions
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import Finding, Severity
from revox_sync.source.dependents import Dependents
from revox_sync.source.workspace import AssistantFile
from revox_sync.usecases.apply.session import FileReader, Session

_SAME_NAME: Final = "RVX601"
# Whether two files have one name shows only when all texts of a pull are known, so that rule runs by itself.
_ONE_FILE: Final = NEEDED_TO_PLAN._replace(select=tuple(code for code in NEEDED_TO_PLAN.select if code != _SAME_NAME))
_SEVERAL_FILES: Final = NEEDED_TO_PLAN._replace(select=(_SAME_NAME,))


def unplannable_files(session: Session, files: Sequence[AssistantFile], reader: FileReader) -> set[AssistantFile]:
    """The files too broken to plan; shows what is wrong with them."""
    report = session.lint(files, reader)
    if not report.number_of(Severity.ERROR):
        return set()
    session.show_findings(report)
    namesakes = files_of_one_name(session, files, {})
    return {file for file in files if file in namesakes or file_error(session, file, {}) is not None}


def file_error(session: Session, file: AssistantFile, texts: Mapping[str, str]) -> str | None:
    """What would keep a file from being planned if files had these texts; another file's name does not count."""
    found = _errors(session, [file], texts, _ONE_FILE)
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


def files_of_one_name(session: Session, files: Sequence[AssistantFile], texts: Mapping[str, str]) -> set[AssistantFile]:
    """The files that would share their name with another file if files had these texts."""
    found = _errors(session, files, texts, _SEVERAL_FILES)
    paths = {finding.region.path for finding in found}
    paths |= {place.region.path for finding in found for place in finding.related}
    return {file for file in files if file.path in paths}


def _errors(
    session: Session, files: Sequence[AssistantFile], texts: Mapping[str, str], options: LintOptions
) -> list[Finding]:
    report = lint(session.workspace.over(texts), files, [session.environment], options, suppressible=False)
    return [finding for finding in report.findings if finding.severity is Severity.ERROR]
