"""What rules look at: one assistant as loaded, and what its contract says about it, worked out once."""

from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from revox_sync.contract.fields import Contract, assistant_node, contract, newest_contract, secret_pointers
from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.lint.subject.texts import Text, Texts
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import AmbiguousScalar, ProblemKind
from revox_sync.source.model.value import UNKNOWN, opaque, plain_json
from revox_sync.source.workspace import AssistantFile
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

_SECRET_NAME: Final = Violation(
    ViolationKind.WRONG_TYPE,
    ("name",),
    "`name` comes from `!env`, but an assistant is found by its name, which cannot be a secret",
    "write it here, or use `!var`",
)
# These messages name the contract already.
_NAMES_CONTRACT: Final = {ViolationKind.NOT_IN_CONTRACT, ViolationKind.DEPRECATED}


class FileTrait(StrEnum):
    """What a file can have besides its top-level fields that a rule may look for; no field can have such a name."""

    PROBLEM = "(problem)"
    """Something went wrong while it was read."""
    AMBIGUITY = "(ambiguity)"
    """A scalar that YAML versions read differently."""
    VIOLATION = "(violation)"
    """Something does not fit the contract."""
    BRACE = "(brace)"
    """A text with a brace in it."""
    UNUSUAL = "(unusual)"
    """A text with characters that are not ASCII, or a file that may have them as escapes."""


class LintContext(NamedTuple):
    """What all files share in one environment.

    Attributes:
        contract: what it does not accept is an error.
        loader: loads the files with the environment's variables.
        variables: every prompt variable of the project; empty where the project does not list them.
        is_local: whether the environment's API runs on this machine.
    """

    contract: Contract
    loader: Loader
    variables: tuple[str, ...] = ()
    is_local: bool = False


class Subject:
    """One assistant under lint: its file, the document loaded from it, and the environment's context."""

    def __init__(self, file: AssistantFile, document: Document, context: LintContext) -> None:
        self.file: Final = file
        self.document: Final = document
        self.contract, self.loader, self.variables, self.is_local = context
        self.masked_lines: Final[dict[tuple[str, int, str], str]] = {}
        """Lines as findings show them, by path, number and the keys whose values are masked."""
        self.locate: Final = document.locate
        self.locate_text: Final = document.locate_text

    @cached_property
    def value(self) -> Any:
        """The assistant as plain JSON; None where the file is too broken."""
        document = self.document
        known = not (document.uses_secrets or document.uses_variables or document.problems)
        # Making the plain copy costs time, and nearly every file is plain JSON already.
        return document.value if known else plain_json(document.value)

    @cached_property
    def traits(self) -> frozenset[str]:
        """The traits of the file, and its top-level fields: rules that look at none of them are not run."""
        found = {
            FileTrait.PROBLEM: self.document.problems,
            FileTrait.AMBIGUITY: self.document.ambiguous,
            FileTrait.VIOLATION: self.violations,
            FileTrait.BRACE: "{" in self.texts.joined,
            FileTrait.UNUSUAL: not self.texts.joined.isascii() or self.has_escapes,
        }
        fields = self.value if isinstance(self.value, dict) else ()
        return frozenset([*fields, *(trait for trait, present in found.items() if present)])

    @cached_property
    def texts(self) -> Texts:
        """The strings whose content is known."""
        return Texts(self.value, self._opaque)

    @cached_property
    def secret_places(self) -> tuple[Place, ...]:
        """Where secrets are written in plain text."""
        return tuple(self.locate(pointer).written for pointer in secret_pointers(self.document.value))

    def is_known(self, pointer: Pointer) -> bool:
        """Whether the content of a value can be judged: it comes neither from `!env` nor from an unset variable."""
        return pointer not in self._opaque

    def is_said(self, text: Text) -> bool:
        """Whether a voice reads a text word for word; the first sentence in the mode `static` only."""
        if not text.node.spoken:
            return False
        return text.pointer != ("first_sentence",) or self.value.get("first_sentence_mode") == "static"

    def is_refused(self, pointer: Pointer) -> bool:
        """Whether a value does not fit its contract, which is a finding of its own."""
        return any(violation.pointer == pointer for violation in self.violations)

    def lacks(self, pointer: Pointer, key: str) -> bool:
        """Whether a mapping lacks a key that its contract requires, which is a finding of its own."""
        return any(violation.pointer == pointer and key in violation.missing for violation in self.violations)

    def fits(self, pointer: Pointer) -> bool:
        """Whether the value at `pointer` is known and neither it nor anything inside violates the contract."""
        return self.is_known(pointer) and not any(at[: len(pointer)] == pointer for at in self._violating)

    @cached_property
    def _violating(self) -> tuple[Pointer, ...]:
        """Pointers of the values, or of the unknown keys, that violate the contract."""
        return tuple(
            violation.pointer if violation.key is None else (*violation.pointer, violation.key)
            for violation in self.violations
        )

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """What no contract accepts, then what the contract in force (pinned, else the newest) does not accept."""
        if not isinstance(self.value, dict):
            return ()
        secret_name = (_SECRET_NAME,) if isinstance(self._opaque.get(_SECRET_NAME.pointer), Secret) else ()
        in_force = self.contract if self.contract.pinned else contract(newest_contract())
        # What one contract accepts, some contract accepts: most files need one check instead of two.
        if in_force.is_valid(self.value):
            return secret_name
        anywhere = self._violations_of(contract(None))
        known = {violation.identity for violation in anywhere}
        here = [found for found in self._violations_of(in_force) if found.identity not in known]
        return (*secret_name, *anywhere, *(_naming_contract(violation, in_force) for violation in here))

    @cached_property
    def ambiguous(self) -> tuple[tuple[AmbiguousScalar, Violation | None], ...]:
        """Ambiguous scalars that nothing else is wrong with, each with the violation that its type is, if it is one."""
        by_pointer = {found.pointer: found for found in self.violations if found.key is None and not found.missing}
        scalars = [(scalar, by_pointer.get(scalar.pointer)) for scalar in self.document.ambiguous]
        return tuple(
            (scalar, violation)
            for scalar, violation in scalars
            if violation is None or violation.kind is ViolationKind.WRONG_TYPE
        )

    def _violations_of(self, accepted: Contract) -> list[Violation]:
        if accepted.is_valid(self.value):
            return []
        from revox_sync.contract.explain import describe, explain

        found = explain(self.value, accepted.schema, assistant_node())
        # The plain copy has a stand-in text where a secret is; a message must not present it as the value.
        stand_in = describe(UNKNOWN)
        return [
            violation
            if self.is_known(violation.pointer)
            else violation._replace(message=violation.message.replace(stand_in, "a string from `!env`"))
            for violation in found
            if self._can_judge(violation)
        ]

    def _can_judge(self, violation: Violation) -> bool:
        """Whether a violation is about known content: of a secret only the type is known, of a deferred value nothing.

        A key with an invisible character in it has a finding of its own.
        """
        at = violation.pointer
        if violation.key is not None and self._holds_control_character((*at, violation.key)):
            return False
        deferred = (pointer for pointer, value in self._opaque.items() if not isinstance(value, Secret))
        if any(at[: len(pointer)] == pointer for pointer in deferred):
            return False
        return self.is_known(at) or violation.kind is ViolationKind.WRONG_TYPE

    @property
    def has_escapes(self) -> bool:
        """Whether a character may be written as an escape somewhere in the file or what it includes."""
        return any("\\" in source.text for source in self.document.sources.values())

    def _holds_control_character(self, pointer: Pointer) -> bool:
        key = self.locate(pointer, key=True).written
        characters = (found for found in self.document.problems if found.kind is ProblemKind.CONTROL_CHARACTER)
        return any(found.place.path == key.path and key.start <= found.place.start < key.end for found in characters)

    @cached_property
    def _opaque(self) -> dict[Pointer, object]:
        """Values whose content is not known, by pointer."""
        return {} if self.value is self.document.value else dict(opaque(self.document.value))


def _naming_contract(violation: Violation, in_force: Contract) -> Violation:
    """The violation, and in its message the contract in force, because another contract accepts the value."""
    if violation.kind in _NAMES_CONTRACT:
        return violation
    message = f"contract {in_force.version} does not accept this: {violation.message}"
    return Violation(
        ViolationKind.NOT_IN_CONTRACT, violation.pointer, message, violation.label, violation.key, violation.missing
    )
