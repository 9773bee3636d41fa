"""What does not fit a schema: one violation per cause, in words. `explanation` finds them."""

from enum import StrEnum
from typing import NamedTuple

from revox_sync.values.pointer import Pointer


class ViolationKind(StrEnum):
    """What is wrong; the values are rule names."""

    UNKNOWN_FIELD = "unknown-field"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    INVALID_CHOICE = "invalid-choice"
    OUT_OF_RANGE = "out-of-range"
    INVALID_FORMAT = "invalid-format"
    EMPTY = "empty-value"
    READ_ONLY = "read-only-field"
    OTHER_VARIANT = "field-of-another-variant"
    NOT_IN_CONTRACT = "not-in-this-contract"
    DEPRECATED = "deprecated-field"
    NULL = "null-not-accepted"


class Violation(NamedTuple):
    """One cause.

    Attributes:
        pointer: the value it is about; for missing and unknown keys the mapping that lacks or has them.
        key: the unknown key; the finding's place is that key then.
        missing: keys that are not there.
        message: what is wrong, a sentence without final stop.
        label: what to do; may be empty.
        expected: JSON types that fit, where the type is wrong.
        form: name of the text format the value is not of, where that is what is wrong.
        accounts_for: keys whose absence this explains.
        slip: violations of one mapping with the same slip are one cause; empty for one that stands alone.
        meant: the key or the choice that was probably meant, or the key that has taken the place of another.
        obvious: whether `meant` is the only one a single slip away.
        moves: keys of the mapping at `pointer` that belong into an entry of the list `meant`.
        removable: whether the violation goes when its key, or its entry of a list, goes.
    """

    kind: ViolationKind
    pointer: Pointer
    message: str
    label: str = ""
    key: str | None = None
    missing: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    form: str = ""
    accounts_for: tuple[str, ...] = ()
    slip: str = ""
    meant: str | None = None
    obvious: bool = False
    moves: tuple[str, ...] = ()
    removable: bool = False

    @property
    def identity(self) -> tuple[Pointer, ViolationKind, str | None]:
        """Equal for the same cause found through two schemas."""
        return self.pointer, self.kind, self.key
