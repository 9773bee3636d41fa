"""The values of `-o FORMAT[:FILE]`: which reports are made, and where each goes."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

from revox_sync.errors import UsageError
from revox_sync.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path


class Target(NamedTuple):
    """One report: its format, and the file it goes to; None is stdout."""

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
        targets.append(Target(name, path or None))
    files = [each.path for each in targets if each.path is not None]
    if len(files) > len(set(files)):
        raise UsageError("two reports cannot go to one file", hint="give each a name of its own")
    if sum(each.path is None for each in targets) > 1:
        raise UsageError("only one report can go to stdout", hint="send the others to files: -o json:report.json")
    return targets


def diff_stream(targets: Sequence[Target]) -> TextIO:
    """Where a diff goes: stdout, or stderr where stdout holds a report for programs."""
    texts = all(each.path is not None or each.format == "text" for each in targets)
    return sys.stdout if texts else sys.stderr


def require_distinct_files(targets: Sequence[Target], *others: "Path | str | None") -> None:
    """Raises UsageError where two of the files that a command line names are one."""
    files = [os.path.realpath(each) for each in (*(target.path for target in targets), *others) if each is not None]
    twice = next((each for each in files if files.count(each) > 1), None)
    if twice is not None:
        raise UsageError(f"two things cannot go to one file: `{twice}`", hint="give each a name of its own")
