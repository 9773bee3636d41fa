"""What a pull did, or would do, as plain values: for renderers and exit codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Left:
    """A difference that no file could be given.

    Attributes:
        path: the value, dotted.
        reason: why, and what to do about it.
        place: `file:line` where the value comes from; None where it comes from no file.
        differs: whether file and server go on to differ; not so for a field that the file does not declare.
    """

    path: str
    reason: str
    place: str | None = None
    differs: bool = True


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one assistant; paths are dotted.

    Attributes:
        id: None where no remote assistant is known.
        path: its file.
        fields: values that the files take over from the server.
        conflicts: values that were changed on both sides, or that nobody knows who changed; left alone.
        local: values that were changed in the file and wait for apply; left alone.
        left: values that should have been taken over and could not.
        refused: why nothing can be pulled for it at all.
        broken: whether that is because its file has errors.
        bound: whether the lock learns which remote assistant it is.
    """

    address: str
    path: str
    name: str | None = None
    id: str | None = None
    fields: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    refused: str | None = None
    broken: bool = False
    bound: bool = False

    @property
    def unsettled(self) -> bool:
        """Whether something edited outside is still not in the file."""
        return bool(self.conflicts) or any(value.differs for value in self.left)


@dataclass(frozen=True, slots=True)
class PullReport:
    """One pull.

    Attributes:
        written: whether files were written; False with --check.
        assistants: one per selected file, by address.
        files: paths of the files that change.
        lock: path of the lock where it changed.
        base_url: of the API.
        organization_id: None where no answer names one.
    """

    environment: str
    written: bool
    assistants: tuple[Pulled, ...]
    files: tuple[str, ...]
    lock: str | None = None
    base_url: str = ""
    organization_id: str | None = None
