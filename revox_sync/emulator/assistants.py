"""What the server makes of a body, and what it answers: values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.store import StoredAssistant

COPY_SUFFIX = " (copy)"


@dataclass(frozen=True, slots=True)
class Server:
    """What the server adds to a body.

    Attributes:
        contract: whose defaults and fields it knows.
        organization_id: the organisation every assistant belongs to.
        clock: the time now, with a time zone.
        new_id: a new unique id that starts with the given prefix and an underscore.
        kept: what it keeps of a body.
    """

    contract: ServedContract
    organization_id: str
    clock: Callable[[], datetime]
    new_id: Callable[[str], str]
    kept: Callable[[Mapping[str, Any]], StoredAssistant]

    def created(self, body: Mapping[str, Any]) -> StoredAssistant:
        """A new assistant from a create body that fits the contract."""
        now = self._now()
        own = {
            "id": self.new_id("asst"),
            "organization_id": self.organization_id,
            "created_at": now,
            "updated_at": now,
            "created_by": None,
        }
        return {**self.contract.defaults, **self._numbered(self.kept(body)), **own}

    def updated(self, current: StoredAssistant, body: Mapping[str, Any]) -> StoredAssistant:
        """The assistant after an update: each top-level key of the body replaces the whole field (*inferred*)."""
        return {**current, **self._numbered(self.kept(body)), "updated_at": self._now()}

    def grown(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with one more question, which a caller asked and nobody has answered."""
        questions = document.get("faq_items") or []
        asked = {"question": f"What did caller {len(questions) + 1} want to know?", "answer": ""}
        own = {"id": self.new_id("faq"), "source": "ai", "needs_human_answer": True}
        return {**document, "faq_items": [*questions, asked | own]}

    def cloned(self, original: StoredAssistant) -> StoredAssistant:
        """A new assistant with the content of another one."""
        return self.created({**original, "name": original["name"] + COPY_SUFFIX})

    def answer(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant with every field of the contract, null where nothing is set.

        Without a pinned contract, fields that only older contracts have are kept where a client sent them.
        """
        contract = self.contract
        extra = () if contract.pinned else tuple(name for name in document if name not in contract.fields)
        answer = {name: document.get(name, contract.defaults.get(name)) for name in (*contract.fields, *extra)}
        questions = document.get("faq_items") or []
        return answer | {"pending_faq_count": sum(each["needs_human_answer"] for each in questions)}

    def listed(self, document: StoredAssistant) -> StoredAssistant:
        """The assistant as the list call shows it."""
        absent = self.contract.absent_from_list
        return {name: value for name, value in self.answer(document).items() if name not in absent}

    def _numbered(self, body: Mapping[str, Any]) -> StoredAssistant:
        if not body.get("faq_items"):
            return dict(body)
        questions = [
            {**each, "id": self.new_id("faq"), "source": "human", "needs_human_answer": False}
            for each in body["faq_items"]
        ]
        return {**body, "faq_items": questions}

    def _now(self) -> str:
        return self.clock().isoformat(timespec="microseconds").replace("+00:00", "Z")
