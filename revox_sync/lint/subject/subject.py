"""What rules look at: one assistant as loaded, and what its contract says of it, worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from revox_sync.contract.fields import Contract, assistant_node, contract, newest_contract, secret_pointers
from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.lint.subject.texts import Texts
from revox_sync.lint.subject.traits import AMBIGUITY, BRACE, PROBLEM, VIOLATION
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import AmbiguousScalar, ProblemKind
from revox_sync.source.model.value import UNKNOWN, opaque, plain_json
from revox_sync.source.workspace import AssistantFile
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

SECRET_NAME: Final = Violation(
    ViolationKind.WRONG_TYPE,
    ("name",),
    "`name` comes from `!env`, but an assistant is found by its name, which cannot be a secret",
    "write it here, or use `!var`",
)
TRANSLATED: Final = {ViolationKind.NOT_IN_CONTRACT, ViolationKind.DEPRECATED}


class Subject:
    """One assistant under lint.

    Args:
        file: address and path.
        document: the loaded file.
        accepted: the contract whose refusal is an error.
        loader: what the document was loaded with.
        variables: every prompt variable of the project; empty: it does not list them.
        local: whether the environment's API runs on this machine.
    """

    def __init__(  # noqa: PLR0913 - independent facts, most of them by name
        self,
        file: AssistantFile,
        document: Document,
        accepted: Contract,
        *,
        loader: Loader,
        variables: tuple[str, ...] = (),
        local: bool = False,
    ) -> None:
        self.file: Final = file
        self.document: Final = document
        self.contract: Final = accepted
        self.loader: Final = loader
        self.variables: Final = variables
        self.local: Final = local

    @cached_property
    def value(self) -> Any:
        """The assistant as plain JSON; None where the file is too broken."""
        document = self.document
        known = not (document.uses_secrets or document.uses_variables or document.problems)
        return document.value if known else plain_json(document.value)

    @cached_property
    def traits(self) -> frozenset[str]:
        """What rules may have something to look at in; see `lint.traits`."""
        value, document = self.value, self.document
        found = (
            (PROBLEM, document.problems),
            (AMBIGUITY, document.ambiguous),
            (VIOLATION, self.violations),
            (BRACE, "{" in self.texts.joined),
        )
        fields = value if isinstance(value, dict) else ()
        return frozenset([*fields, *(trait for trait, there in found if there)])

    @cached_property
    def texts(self) -> Texts:
        """The strings whose content is known."""
        return Texts(self.value, self._opaque if self.value is not self.document.value else ())

    @cached_property
    def secret_places(self) -> tuple[Place, ...]:
        """Where secrets are written in clear."""
        return tuple(self.document.locate(pointer).place for pointer in secret_pointers(self.document.value))

    def is_known(self, pointer: Pointer) -> bool:
        """Whether the content of a value can be judged: it comes neither from `!env` nor from an unset variable."""
        return pointer not in self._opaque

    def is_refused(self, pointer: Pointer) -> bool:
        """Whether a value does not fit its contract, which is a finding of its own."""
        return any(each.pointer == pointer for each in self.violations)

    def lacks(self, pointer: Pointer, key: str) -> bool:
        """Whether a mapping lacks a key that its contract requires, which is a finding of its own."""
        return any(each.pointer == pointer and key in each.missing for each in self.violations)

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """What no contract accepts, then what the contract in force (pinned, else the newest) does not accept."""
        if not isinstance(self.value, dict):
            return ()
        secret_name = (SECRET_NAME,) if isinstance(self._opaque.get(SECRET_NAME.pointer), Secret) else ()
        return (*secret_name, *self._contract_violations())

    def _contract_violations(self) -> tuple[Violation, ...]:
        narrower = self.contract if self.contract.pinned else contract(newest_contract())
        # What one contract accepts, some contract accepts.
        if narrower.is_valid(self.value):
            return ()
        anywhere = self._refused(contract(None))
        known = {each.identity for each in anywhere}
        here = [_of_contract(each, narrower) for each in self._refused(narrower) if each.identity not in known]
        return (*anywhere, *here)

    @cached_property
    def ambiguous(self) -> tuple[tuple[AmbiguousScalar, Violation | None], ...]:
        """Ambiguous scalars that nothing else is wrong with, each with the violation that its type is, if it is one."""
        faults = {each.pointer: each for each in self.violations if each.key is None and not each.missing}
        scalars = ((each, faults.get(each.pointer)) for each in self.document.ambiguous)
        return tuple(
            (each, fault) for each, fault in scalars if fault is None or fault.kind is ViolationKind.WRONG_TYPE
        )

    def _refused(self, accepted: Contract) -> list[Violation]:
        if accepted.is_valid(self.value):
            return []
        from revox_sync.contract.explain import describe, explain

        found = [each for each in explain(self.value, accepted.schema, assistant_node()) if self._judged(each)]
        placeholder = describe(UNKNOWN)
        return [
            each._replace(message=each.message.replace(placeholder, "a string from `!env`"))
            if each.pointer in self._opaque
            else each
            for each in found
        ]

    def _judged(self, violation: Violation) -> bool:
        """Whether a violation is about content that is known: a secret only has a type, a deferred value nothing.

        A key with an invisible character in it is told as that.
        """
        hidden = self._opaque
        at = violation.pointer
        if violation.key is not None and self._holds_control_character((*at, violation.key)):
            return False
        if any(at[: len(pointer)] == pointer and not isinstance(hidden[pointer], Secret) for pointer in hidden):
            return False
        return at not in hidden or violation.kind is ViolationKind.WRONG_TYPE

    def _holds_control_character(self, pointer: Pointer) -> bool:
        key = self.document.locate(pointer, key=True).place
        places = (each.place for each in self.document.problems if each.kind is ProblemKind.CONTROL_CHARACTER)
        return any(each.path == key.path and key.start <= each.start < key.end for each in places)

    def fits(self, pointer: Pointer) -> bool:
        """Whether the value at `pointer` is known and neither it nor anything inside violates the contract."""
        return self.is_known(pointer) and not any(at[: len(pointer)] == pointer for at in self._faults)

    @cached_property
    def _faults(self) -> tuple[Pointer, ...]:
        return tuple(each.pointer if each.key is None else (*each.pointer, each.key) for each in self.violations)

    @cached_property
    def _opaque(self) -> dict[Pointer, object]:
        return {} if self.value is self.document.value else dict(opaque(self.document.value))


def _of_contract(violation: Violation, narrower: Contract) -> Violation:
    """Say of a violation that another contract would accept it."""
    if violation.kind in TRANSLATED:
        return violation
    message = f"contract {narrower.version} does not accept this: {violation.message}"
    return Violation(
        ViolationKind.NOT_IN_CONTRACT, violation.pointer, message, violation.label, violation.key, violation.missing
    )
