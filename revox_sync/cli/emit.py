"""`-o FORMAT[:FILE]`: one run, several reports."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from revox_sync.cli.settings import Settings
from revox_sync.errors import UsageError
from revox_sync.output.paint import Paint, painter
from revox_sync.source.tree import LARGEST_DOCUMENT, TreeError, read_regular
from revox_sync.suggest import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

Renderer = Callable[[Paint, int], str]


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


def emit(targets: Sequence[Target], renderers: Mapping[str, Renderer], settings: Settings) -> None:
    """Render each report and write it; files are never coloured. Raises UsageError where a file cannot be written."""
    for target in targets:
        render = renderers[target.format]
        if target.path is None:
            sys.stdout.write(render(settings.paint(sys.stdout), settings.width(sys.stdout)))
            sys.stdout.flush()
        else:
            write_file(target.path, render(painter(color=False), settings.width(sys.stderr)))


def require_apart(targets: Sequence[Target], *others: "Path | str | None") -> None:
    """Raises UsageError where two of the files that a command line names are one."""
    files = [os.path.realpath(each) for each in (*(target.path for target in targets), *others) if each is not None]
    twice = next((each for each in files if files.count(each) > 1), None)
    if twice is not None:
        raise UsageError(f"two things cannot go to one file: `{twice}`", hint="give each a name of its own")


def write_file(path: "Path | str", text: str) -> None:
    """Write a file, whole or not at all, and the folders above it. Raises UsageError where that does not work."""
    from pathlib import Path

    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():  # /dev/stderr, a pipe
            target.write_text(text, "utf-8")
            return
        temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
        try:
            temporary.write_text(text, "utf-8")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def read_file(path: "Path | str") -> str:
    """The text of a file the command line names. Raises UsageError where it cannot be read."""
    try:
        return read_regular(os.path.realpath(path), LARGEST_DOCUMENT).decode("utf-8")
    except TreeError as error:
        raise UsageError(f"`{path}` {error.reason}") from None
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is not UTF-8 text") from None
