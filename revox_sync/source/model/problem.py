"""What can be wrong with a file before its fields are checked. Problems are values, never exceptions."""

from enum import StrEnum

from revox_sync.source.model.place import Place
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class ProblemKind(StrEnum):
    """The causes, one lint rule each."""

    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate-key"
    NOT_A_MAPPING = "not-a-mapping"
    SEVERAL_DOCUMENTS = "several-documents"
    UNKNOWN_TAG = "unknown-tag"
    UNRESOLVED = "unresolved"
    NO_JSON_VALUE = "no-json-value"
    CONTROL_CHARACTER = "control-character"
    ENCODING = "encoding"
    DIRECTIVE = "directive"
    STRAY = "stray"


class Related(NamedTuple):
    """A second place that explains a problem."""

    message: str
    place: Place


class Problem(NamedTuple):
    """One mistake in a file.

    Attributes:
        kind: the cause.
        message: what is wrong: a lower-case sentence without a final stop, the user's text in backticks.
        label: what to do; it stands under the marked text, and may be empty.
        place: the text that is wrong.
        related: other places that explain it: the first of two equal keys, the tag that includes this file.
    """

    kind: ProblemKind
    message: str
    label: str
    place: Place
    related: tuple[Related, ...] = ()


class AmbiguousScalar(NamedTuple):
    """An unquoted scalar that YAML versions read differently, or that was probably meant as a string.

    Attributes:
        pointer: where its value is in the document.
        text: the scalar as written.
        reason: who reads it how, as a clause.
        place: the scalar in its file.
    """

    pointer: Pointer
    text: str
    reason: str
    place: Place
