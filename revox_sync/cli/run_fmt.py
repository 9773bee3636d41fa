"""One call of `revox-sync fmt`, from what was asked for to the exit code."""

# No click, no pathlib: a commit hook waits for it.
# ruff: noqa: PTH118

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from revox_sync.errors import ExitCode
from revox_sync.output.text.visible import counted, visible
from revox_sync.source.formatting.format_text import Formatted
from revox_sync.source.yaml.decode import decode_text
from revox_sync.usecases.format.job import FormatJob, FormatOutcome
from revox_sync.usecases.format.request import STDIN, FormatRequest
from revox_sync.usecases.project.project_root import projects_of, require_present, root_of
from revox_sync.usecases.project.settings import Settings, say

_UNNAMED: Final = "stdin.yaml"
"""The file that a text on stdin is taken for, in the first assistants directory, where none is named."""


def format_paths(settings: Settings, paths: Sequence[str], request: FormatRequest) -> ExitCode:
    """Format what paths name, or the text on stdin; check or show it as the request says."""
    request.validate(paths)
    if request.stdin_filename is not None or STDIN in paths:
        return _format_stdin(settings, request)
    require_present(settings, paths)
    projects = projects_of(settings, paths) if paths else {root_of(settings): []}
    outcomes: dict[str, FormatOutcome] = {}
    for root, inside in projects.items():
        job = FormatJob(root, inside)
        outcomes[root] = job.format()
        _show(root, outcomes[root], settings, request)
        if not request.only_looks:
            job.write(outcomes[root])
    _sum_up(list(outcomes.values()), settings, request)
    return _code(list(outcomes.values()), request)


def _format_stdin(settings: Settings, request: FormatRequest) -> ExitCode:
    root = root_of(settings, request.stdin_filename)
    name = request.stdin_filename
    if name is None:
        from revox_sync.source.files.tree import DiskTree
        from revox_sync.source.workspace import Workspace

        name = os.path.join(root, Workspace(DiskTree(root)).config.directories[0], _UNNAMED)
    outcome = (job := FormatJob(root, [name], sys.stdin.buffer)).format()
    _show(root, outcome, settings, request)
    if not request.only_looks and not outcome.broken:
        (path,) = job.files
        text = outcome.changed.get(path)
        content = outcome.workspace.tree.read(path)
        sys.stdout.write(decode_text(content, path)[0] if text is None else text)
    return _code([outcome], request)


def _show(root: str, outcome: FormatOutcome, settings: Settings, request: FormatRequest) -> None:
    """What is wrong with files, on stderr, and what would change, on stdout."""
    for path, formatted in sorted({**outcome.broken, **outcome.left}.items()):
        _tell(f"{_seen(root, path)}{_place(formatted)}", formatted, settings)
    if request.check:
        sys.stdout.writelines(f"Would format {visible(_seen(root, path))}\n" for path in sorted(outcome.changed))
    if request.diff and outcome.changed:
        from revox_sync.usecases.project.open_project import show_diff

        show_diff(outcome.workspace, outcome.changed, sys.stdout, settings)


def _place(formatted: Formatted) -> str:
    return f":{formatted.line}" if formatted.line else ""


def _tell(place: str, formatted: Formatted, settings: Settings) -> None:
    if formatted.problem is not None:
        say(f"error: {visible(place)}: {visible(formatted.problem.message)}")
    else:
        settings.tell(f"Left as it is: {visible(place)} {formatted.reason}.")


def _sum_up(outcomes: Sequence[FormatOutcome], settings: Settings, request: FormatRequest) -> None:
    changed, same = sum(len(each.changed) for each in outcomes), sum(each.same for each in outcomes)
    if not changed and not same:
        if not any(each.broken or each.left for each in outcomes):
            settings.tell("Nothing to format: no YAML file was named.")
        return
    done = f"{counted(changed, 'file')} {'would be' if request.only_looks else ''} formatted".replace("  ", " ")
    kept = f"{counted(same, 'file')} formatted already"
    settings.tell(", ".join(part for part, number in ((done, changed), (kept, same)) if number) + ".")


def _code(outcomes: Sequence[FormatOutcome], request: FormatRequest) -> ExitCode:
    pending = request.only_looks and any(each.changed for each in outcomes)
    return ExitCode.FINDINGS if pending or any(each.broken for each in outcomes) else ExitCode.OK


def _seen(root: str, path: str) -> str:
    """The path from where the command runs."""
    return os.path.relpath(os.path.join(root, path))
