"""What lint says about files before and after a pull."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from revox_sync.config import LintOptions
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, ResultCache, lint
from revox_sync.lint.model.finding import Finding, LintReport, Severity
from revox_sync.output.lint import text as lint_text
from revox_sync.source.dependents import Uses
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.usecases.apply.session import Session

NAMES: Final = "RVX601"
ONE_FILE: Final = NEEDED_TO_PLAN._replace(select=tuple(each for each in NEEDED_TO_PLAN.select if each != NAMES))
"""What must be right in a file by itself."""
TWO_FILES: Final = NEEDED_TO_PLAN._replace(select=(NAMES,))


def unplannable_files(session: Session, files: Sequence[AssistantFile], memory: ResultCache) -> set[AssistantFile]:
    """The files too broken to plan, after showing what is wrong with them; `memory` has what each shows by itself."""
    report = _lint(session, session.workspace, files, NEEDED_TO_PLAN, memory)
    if not report.number_of(Severity.ERROR):
        return set()
    if session.settings.verbosity >= 0:
        paint, width = session.settings.paint(sys.stderr), session.settings.width(sys.stderr)
        sys.stderr.write(lint_text.full(report, paint, width))
    namesakes = files_of_one_name(session, files, {})
    return {each for each in files if each in namesakes or fault(session, each, {}) is not None}


def fault(session: Session, file: AssistantFile, texts: Mapping[str, str]) -> str | None:
    """What would keep a file from being planned if files had these texts, its name left aside."""
    found = _errors(_lint(session, session.workspace.over(texts), [file], ONE_FILE))
    return f"{found[0].code} {found[0].message}" if found else None


def harm(session: Session, uses: Uses, file: AssistantFile, texts: Mapping[str, str]) -> str | None:
    """Why these texts must not be written to pull one assistant; None where nothing speaks against it."""
    found = fault(session, file, texts)
    if found is not None:
        return f"would make the file wrong: {found}"
    after = session.workspace.over(texts)
    for other in sorted(uses.readers(texts) - {file}, key=lambda each: each.address):
        before, now = (each.load(other, session.environment).value for each in (session.workspace, after))
        if before != now:
            return f"is used by `{other.address}` too, which would change with it: change it by hand"
    return None


def files_of_one_name(session: Session, files: Sequence[AssistantFile], texts: Mapping[str, str]) -> set[AssistantFile]:
    """The files that would share their name with another one if files had these texts."""
    found = _errors(_lint(session, session.workspace.over(texts), files, TWO_FILES))
    paths = {each.region.path for each in found} | {side.region.path for each in found for side in each.related}
    return {each for each in files if each.path in paths}


def _lint(
    session: Session,
    workspace: Workspace,
    files: Sequence[AssistantFile],
    options: LintOptions,
    memory: ResultCache | None = None,
) -> LintReport:
    return lint(workspace, files, [session.environment], options, suppressible=False, memory=memory)


def _errors(report: LintReport) -> list[Finding]:
    return [each for each in report.findings if each.severity is Severity.ERROR]
