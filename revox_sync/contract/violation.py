"""What does not fit a schema: one violation per cause, in words. `contract.explain` finds them."""

from enum import StrEnum

from revox_sync.values.named_tuple import NamedTuple
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
        pointer: the value it is about; where a key is missing or unknown, the mapping around it.
        message: what is wrong, a sentence without a final stop.
        label: what to do; may be empty.
        key: the unknown key, if there is one: the finding is shown there.
        missing: keys that are missing.
        expected: JSON types that fit, where the type is wrong.
        form: name of the text format that the value does not have, where that is what is wrong.
        accounts_for: keys whose absence this explains.
        slip: violations of one mapping with the same slip have one cause; empty for a violation of its own.
        meant: the key or the choice that was probably meant, or the key that has replaced this one.
        obvious: whether `meant` is the only one that a single slip turns into what is written.
        moves: keys of the mapping at `pointer` that belong in an entry of the list `meant`.
        removable: whether removing the key, or the entry of a list, solves it.
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
        """The same for one cause that is found through two schemas."""
        return self.pointer, self.kind, self.key
