"""Commands in messages and reports, completed so that each works as it is printed."""

# os.path, not pathlib: every command says something, and some are too short to import the latter.
# ruff: noqa: PTH100

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final, Protocol, TypeVar

from revox_sync.errors import RevoxSyncError
from revox_sync.source.files.tree import find_root

_COMMAND: Final = re.compile(r"`revox-sync ([a-z]+)([^`]*)`")
_END_OF_OPTIONS: Final = " -- "
_WITHOUT_PROJECT: Final = frozenset({"comment", "emulate", "explain", "init", "rules", "schema", "show"})
_SAVED_PLAN: Final = re.compile(r" \S+\.json\b")
_OUR_WORDS: Final = frozenset({"digest_use", "error", "hint", "notes", "quiet", "reason", "refused", "text"})
"""Members of reports that hold what we say, and never what a file or an assistant holds."""
_Report = TypeVar("_Report")


class Chosen(Protocol):
    """What a command line says about where: `Settings`, which tells its messages by this module."""

    @property
    def project(self) -> str:
        """Folder to look for the project from, absolute."""
        ...

    @property
    def environment(self) -> str | None:
        """Name of the environment; None for the default one."""
        ...


def runnable(text: str, chosen: Chosen) -> str:
    """The text in which every `revox-sync …` command names the environment and project that this one is about."""
    return _COMMAND.sub(lambda found: _completed(found[1], found[2], chosen), text)


def runnable_report(report: _Report, chosen: Chosen) -> _Report:
    """A report, as values, in which every command is `runnable`."""
    rewritten: _Report = _rewritten(report, chosen, is_ours=False)
    return rewritten


@contextmanager
def runnable_errors(chosen: Chosen) -> Iterator[None]:
    """Complete the commands in what stops the block."""
    try:
        yield
    except RevoxSyncError as error:
        error.message = runnable(error.message, chosen)
        error.hint = runnable(error.hint, chosen) if error.hint is not None else None
        raise


def _completed(name: str, rest: str, chosen: Chosen) -> str:
    options = _options(name, rest, chosen)
    own, arguments = _divided(rest) if options and _END_OF_OPTIONS in rest else (rest, "")
    return f"`revox-sync {name}{own}{options}{arguments}`"


def _divided(rest: str) -> tuple[str, str]:
    """What stands before the end of the options, behind which a word is none any more, and the rest with it."""
    from shlex import split

    at = rest.find(_END_OF_OPTIONS)
    while at >= 0:
        with suppress(ValueError):  # it is inside quotes
            split(rest[:at])
            return rest[:at], rest[at:]
        at = rest.find(_END_OF_OPTIONS, at + 1)
    return rest, ""


def _options(name: str, rest: str, chosen: Chosen) -> str:
    from shlex import quote  # needed only where a command is shown

    words = rest.split()
    if name in _WITHOUT_PROJECT:
        return ""
    options = []
    # A saved plan knows its environment.
    is_saved = name == "apply" and _SAVED_PLAN.search(rest)
    if chosen.environment is not None and not is_saved and not {"-e", "--env"} & set(words):
        options += ["-e", chosen.environment]
    if not {"-C", "--project"} & set(words) and (folder := _other_project(chosen)) is not None:
        options += ["-C", folder]
    return "".join(f" {quote(option)}" for option in options)


def _other_project(chosen: Chosen) -> str | None:
    """The folder of the project, where it is not the one that the current folder belongs to."""
    root = find_root(chosen.project)
    if os.path.realpath(find_root(os.path.abspath(os.curdir))) == os.path.realpath(root):
        return None
    return min(os.path.relpath(root), root, key=len)


def _rewritten(value: Any, chosen: Chosen, *, is_ours: bool) -> Any:
    from dataclasses import is_dataclass, replace  # slow to import, and lint can do without

    if isinstance(value, str):
        return runnable(value, chosen) if is_ours else value
    if isinstance(value, tuple):
        parts = tuple(_rewritten(part, chosen, is_ours=is_ours) for part in value)
        # The same object where nothing changes: of thousands of assistants, few have anything to say.
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            name: new
            for name in _members(type(value))
            if (member := getattr(value, name)) is not None
            and (new := _rewritten(member, chosen, is_ours=name in _OUR_WORDS)) is not member
        }
        return replace(value, **changed) if changed else value
    return value


@cache
def _members(kind: Any) -> tuple[str, ...]:
    """Names of what a dataclass is made from."""
    from dataclasses import fields

    return tuple(field.name for field in fields(kind) if field.init)
