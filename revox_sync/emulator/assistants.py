"""What the server makes of a body, and what it answers: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.quirk_effects import masked, merged, null_for_empty, with_former, with_item_keys, without
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import StoredAssistant
from revox_sync.emulator.stored_form import composed, respelled

# A guess: what a clone is called is not documented.
_COPY_SUFFIX: Final = " (copy)"


class AssistantBuilder:
    """Makes what is stored from request bodies, and answers from what is stored.

    Raises:
        ValueError: a quirk names a field that the contract does not have, or an item key that it has.
    """

    def __init__(self, contract: ServedContract, settings: EmulatorSettings) -> None:
        quirks = settings.quirks
        for field in (*quirks.drop, *quirks.ignore_on_create, *quirks.thin_create, *quirks.mask, *quirks.untouched):
            contract.require_field(field)
        for key in quirks.item_key:
            if contract.knows_item_key(key):
                raise ValueError(f"entries of lists may have `{key}` without the quirk `item-key`; choose another name")
        self._contract = contract
        self._settings = settings
        self._quirks = quirks

    def created(self, body: Mapping[str, Any]) -> StoredAssistant:
        """A new assistant from a create body that fits the contract."""
        return self._new(without(body, (*self._quirks.drop, *self._quirks.ignore_on_create)))

    def updated(self, current: StoredAssistant, body: Mapping[str, Any]) -> StoredAssistant:
        """The assistant after an update with a body that fits the contract."""
        written = self._stored(without(body, self._quirks.drop))
        # That a key replaces the whole field is an assumption (docs/api.md, "What we assume and nobody states").
        if self._quirks.merge_patch:
            written = {key: merged(current.get(key), value) for key, value in written.items()}
        for field in self._quirks.drop:
            written = with_former(written, current, field)
        if self._quirks.keep_null:
            written = {key: value for key, value in written.items() if value is not None}
        moves = not body or not body.keys() <= set(self._quirks.untouched)
        return {**current, **written, **({"updated_at": self._now()} if moves else {})}

    def with_caller_question(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with one more question, which a caller asked and nobody has answered."""
        questions = document.get("faq_items") or []
        asked = {"question": f"What did caller {len(questions) + 1} want to know?", "answer": ""}
        own = {"id": self._settings.new_id("faq"), "source": "ai", "needs_human_answer": True}
        return {**document, "faq_items": [*questions, asked | own]}

    def cloned(self, original: StoredAssistant) -> StoredAssistant:
        """A new assistant with the content of another one."""
        return self._new({**original, "name": original.get("name", "") + _COPY_SUFFIX})

    def answer(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with every field of the contract, null where nothing is set.

        Without a pinned contract, fields that only older contracts have are answered where a client sent them.
        """
        contract = self._contract
        extra = () if contract.pinned else tuple(name for name in document if name not in contract.fields)
        answer = {name: document.get(name, contract.defaults.get(name)) for name in (*contract.fields, *extra)}
        questions = document.get("faq_items") or []
        answer |= {"pending_faq_count": sum(question["needs_human_answer"] for question in questions)}
        if self._quirks.item_key:
            answer = with_item_keys(answer, self._quirks.item_key)
        answer = masked(answer, self._quirks.mask)
        return null_for_empty(answer) if self._quirks.null_empty else answer

    def answer_to_create(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant as the answer to the create call shows it."""
        return without(self.answer(document), self._quirks.thin_create)

    def listed(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant as the list call shows it."""
        absent = self._contract.absent_from_list
        return {name: value for name, value in self.answer(document).items() if name not in absent}

    def _new(self, fields: Mapping[str, Any]) -> StoredAssistant:
        now = self._now()
        own = {
            "id": self._settings.new_id("asst"),
            "organization_id": self._settings.organization_id,
            "created_at": now,
            "updated_at": now,
            "created_by": None,
        }
        return {**self._contract.defaults, **self._stored(fields), **own}

    def _stored(self, fields: Mapping[str, Any]) -> StoredAssistant:
        kept = dict(fields)
        if self._quirks.lower_name and "name" in kept:
            kept["name"] = kept["name"].lower()
        if self._quirks.nfc:
            kept = composed(kept, self._contract.schema)
        if self._quirks.respell:
            kept = respelled(kept, self._contract.schema)
        if kept.get("faq_items"):
            # An update replaces all questions, so each gets a new id, even one that was there before.
            kept["faq_items"] = [
                {**question, "id": self._settings.new_id("faq"), "source": "human", "needs_human_answer": False}
                for question in kept["faq_items"]
            ]
        return kept

    def _now(self) -> str:
        return self._settings.clock().isoformat(timespec="microseconds").replace("+00:00", "Z")
