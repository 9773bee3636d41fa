"""What rules look at: one assistant as loaded, and what its contract says of it, worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from revox_sync.contract import Contract, Pointer, assistant_node, contract, newest_contract
from revox_sync.secret import Secret
from revox_sync.source.document import Document
from revox_sync.source.plain import opaque, plain
from revox_sync.source.problem import AmbiguousScalar
from revox_sync.source.workspace import AssistantFile
from revox_sync.violation import Violation, ViolationKind

TRANSLATED: Final = {ViolationKind.NOT_IN_CONTRACT, ViolationKind.DEPRECATED}


class Subject:
    """One assistant under lint.

    Args:
        file: address and path.
        document: the loaded file.
        accepted: the contract whose refusal is an error.
    """

    def __init__(self, file: AssistantFile, document: Document, accepted: Contract) -> None:
        self.file: Final = file
        self.document: Final = document
        self.contract: Final = accepted

    @cached_property
    def value(self) -> Any:
        """The assistant as plain JSON; None where the file is too broken."""
        document = self.document
        known = not (document.uses_secrets or document.uses_variables or document.problems)
        return document.value if known else plain(document.value)

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """What no contract accepts, then what the contract in force (pinned, else the newest) does not accept."""
        if not isinstance(self.value, dict):
            return ()
        anywhere = self._refused(contract(None))
        known = {each.identity for each in anywhere}
        narrower = self.contract if self.contract.pinned else contract(newest_contract())
        here = [_of_contract(each, narrower) for each in self._refused(narrower) if each.identity not in known]
        return (*anywhere, *here)

    @cached_property
    def ambiguous(self) -> tuple[tuple[AmbiguousScalar, bool], ...]:
        """Ambiguous scalars that nothing else is wrong with, and whether their value has the wrong type."""
        faults = {each.pointer: each.kind for each in self.violations if each.key is None and not each.missing}
        scalars = ((each, faults.get(each.pointer)) for each in self.document.ambiguous)
        return tuple((each, fault is not None) for each, fault in scalars if fault in {None, ViolationKind.WRONG_TYPE})

    def _refused(self, accepted: Contract) -> list[Violation]:
        if accepted.is_valid(self.value):
            return []
        from revox_sync.explanation import explain

        return [each for each in explain(self.value, accepted.schema, assistant_node()) if self._judged(each)]

    def _judged(self, violation: Violation) -> bool:
        """Whether a violation is about content that is known: a secret only has a type, a deferred value nothing."""
        hidden = self._opaque
        at = violation.pointer
        if any(at[: len(pointer)] == pointer and not isinstance(hidden[pointer], Secret) for pointer in hidden):
            return False
        return at not in hidden or violation.kind is ViolationKind.WRONG_TYPE

    @cached_property
    def _opaque(self) -> dict[Pointer, object]:
        return dict(opaque(self.document.value))


def _of_contract(violation: Violation, narrower: Contract) -> Violation:
    """Say of a violation that another contract would accept it."""
    if violation.kind in TRANSLATED:
        return violation
    message = f"contract {narrower.version} does not accept this: {violation.message}"
    return Violation(
        ViolationKind.NOT_IN_CONTRACT, violation.pointer, message, violation.label, violation.key, violation.missing
    )
