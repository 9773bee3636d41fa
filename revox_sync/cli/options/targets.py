"""The values of `-o FORMAT[:FILE]`: which reports are made, and where each goes."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from revox_sync.errors import UsageError
from revox_sync.source.files.text_files import require_no_link
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Target(NamedTuple):
    """One report: its format, and the file it goes to, None for stdout."""

    format: str
    path: str | None


def parse_targets(values: Sequence[str], formats: Sequence[str]) -> list[Target]:
    """Targets of `-o` values. Raises UsageError for an unknown format, or two reports for stdout."""
    targets = []
    for value in values:
        name, colon, path = value.partition(":")
        if name not in formats:
            hint = did_you_mean(name, formats) or f"formats: {', '.join(formats)}"
            raise UsageError(f"no format `{name}`", hint=hint)
        if colon and not path:
            raise UsageError(f"`-o {value}` names no file", hint=f"-o {name}, or -o {name}:FILE")
        if path.endswith((".yaml", ".yml")):
            raise UsageError(f"a report is not written over a YAML file: `{path}`", hint="choose another name")
        if path:
            require_no_link(path)  # before anything is done
        targets.append(Target(name, path or None))
    files = [target.path for target in targets if target.path is not None]
    if len(files) > len(set(files)):
        raise UsageError("two reports cannot go to one file", hint="give each a name of its own")
    if sum(target.path is None for target in targets) > 1:
        raise UsageError("only one report can go to stdout", hint="send the others to files: -o json:report.json")
    return targets


def diff_stream(targets: Sequence[Target]) -> TextIO:
    """Where a diff goes: stdout, or stderr if stdout holds a report for programs."""
    texts = all(target.path is not None or target.format == "text" for target in targets)
    return sys.stdout if texts else sys.stderr


def require_distinct_files(targets: Sequence[Target], *others: "Path | str | None") -> None:
    """Raises UsageError if two of the files that a command line names are one, perhaps through a link."""
    named = (*(target.path for target in targets), *others)
    files = [os.path.realpath(path) for path in named if path is not None]
    twice = next((path for path in files if files.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"two things cannot go to one file: `{twice}`", hint="give each a name of its own")
