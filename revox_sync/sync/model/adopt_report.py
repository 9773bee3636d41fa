"""What became of remote assistants without a file, as plain values: for renderers and exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adopted:
    """A remote assistant that got a file, or would get one.

    Attributes:
        path: its YAML file, below the project root.
        files: paths of all its files.
        variables: environment variables that its secrets come from, with the dotted paths of those.
        notes: what the file does not hold, or inherits although the server has something else.
    """

    address: str
    id: str
    name: str
    path: str
    files: tuple[str, ...]
    variables: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A remote assistant that got no file.

    Attributes:
        id: None where the API lists it without one that can be read.
        name: None where the API lists it without one that can be read.
        hint: what to do about it; may be empty.
    """

    id: str | None
    name: str | None
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class AdoptReport:
    """What became of the assistants that had no file.

    Attributes:
        written: whether files were written; False with --check.
        lock: path of the lock where it changed.
        organization_id: None where no answer names one.
        notes: what a reader should know of what was not looked at.
    """

    written: bool
    adopted: tuple[Adopted, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    lock: str | None = None
    organization_id: str | None = None
    notes: tuple[str, ...] = ()
