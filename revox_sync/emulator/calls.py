"""Calls that nobody hears: each look at one takes it a step further, to an end with a canned transcript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from revox_sync.emulator.assistants import AssistantBuilder
from revox_sync.emulator.catalogue import PHONE_NUMBERS
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.endpoint import read_mapping, route
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store, StoredAssistant, StoredRecord

_CALL: Final = "call"
_E164: Final = re.compile(r"\+[1-9]\d{1,14}")
_STATUSES: Final = ("initializing", "queued_for_calling", "calling", "post_processing", "completed")
_ENDED: Final = frozenset({"completed", "cancelled", "errored"})
_NOT_ANSWERED: Final = "0000"
"""Nobody answers a number that ends with this."""
_VALUES: Final[Mapping[str, Any]] = {
    "string": "as agreed",
    "number": 1,
    "boolean": True,
    "date": "2026-01-05",
    "datetime": "2026-01-05T09:00:00Z",
}


class Calls:
    """The endpoints of calls (docs/api.md, "Calls beside assistants")."""

    def __init__(
        self, store: Store, settings: EmulatorSettings, builder: AssistantBuilder, contract: ServedContract
    ) -> None:
        self._store = store
        self._settings = settings
        self._builder = builder
        self._contract = contract

    def routes(self) -> list[Route]:
        """Every path with the methods it knows."""
        return [
            route("/call", POST=self._create),
            route("/call/{id}", GET=self._retrieve),
            route("/call/{id}/cancel", POST=self._cancel),
        ]

    async def _create(self, request: Request) -> Response:
        body = await read_mapping(request)
        number = body.get("phone_number")
        if not isinstance(number, str) or not _E164.fullmatch(number):
            raise HTTPException(422, "`phone_number` is not in E.164 form")
        now = self._now()
        record = {
            "id": self._settings.new_id("call"),
            "assistant": self._assistant(body),
            "is_inline": "assistant_id" not in body,
            "to_phone_number": number,
            "from_phone_number": body.get("from_phone_number") or PHONE_NUMBERS[0]["phone_number"],
            "prompt_variables": body.get("prompt_variables") or {},
            "metadata": body.get("metadata"),
            "scheduled_at": body.get("scheduled_at") or now,
            "status": _STATUSES[0],
            "created_at": now,
            "updated_at": now,
        }
        self._store.keep(_CALL, record)
        return JSONResponse({"call": self._shown(record)})

    def _assistant(self, body: Mapping[str, Any]) -> StoredAssistant:
        """The assistant of a call, kept as it is now: a later edit changes no call."""
        if "assistant_id" in body:
            found = self._store.find(str(body["assistant_id"]))
            if found is None:
                raise HTTPException(404, f"no assistant has the id {body['assistant_id']}")
            return found
        inline = body.get("assistant")
        if not isinstance(inline, dict):
            raise HTTPException(422, "a call needs `assistant_id` or `assistant`")
        named = {"name": "Inline", **inline}
        if "name" in inline or self._contract.create_violations(named):
            raise HTTPException(422, "`assistant` does not match the contract")
        return self._builder.created(named)

    async def _retrieve(self, request: Request) -> Response:
        record = self._found(request)
        if record["status"] not in _ENDED:
            following = _STATUSES[_STATUSES.index(record["status"]) + 1]
            record = {**record, "status": following, "updated_at": self._now()}
            self._store.keep(_CALL, record)
        return JSONResponse({"call": self._shown(record)})

    async def _cancel(self, request: Request) -> Response:
        record = self._found(request)
        if record["status"] in _ENDED:
            raise HTTPException(409, f"the call is {record['status']}")
        self._store.keep(_CALL, {**record, "status": "cancelled", "updated_at": self._now()})
        return JSONResponse({"success": True})

    def _found(self, request: Request) -> StoredRecord:
        call_id = request.path_params["id"]
        for record in self._store.records(_CALL):
            if record["id"] == call_id:
                return record
        raise HTTPException(404, f"no call has the id {call_id}")

    def _shown(self, record: StoredRecord) -> dict[str, Any]:
        assistant = self._builder.answer(record["assistant"])
        status, attempt = record["status"], self._attempt(record)
        answered = attempt is not None and attempt["result"] == "human"
        shown = {key: value for key, value in record.items() if key != "is_inline"}
        return shown | {
            # Whether an inline assistant is answered is not documented; a call of one has none here.
            "assistant": None if record["is_inline"] else assistant,
            "organization_id": self._settings.organization_id,
            "direction": "outbound",
            "assignee": None,
            "campaign": None,
            "contact": {},
            "call_retry_config": assistant["call_retry_config"],
            "first_sentence_delay_ms": assistant["first_sentence_delay_ms"],
            "llm_model": assistant["llm_model"],
            "is_cancelled": status == "cancelled",
            "is_completed": status == "completed",
            "calls_count": 0 if attempt is None else 1,
            "call_attempts": [] if attempt is None else [attempt],
            "last_call_attempt": attempt,
            "outcome": "completed" if status == "completed" and answered else None,
            "outcome_summary": "The caller agreed." if status == "completed" and answered else None,
        }

    def _attempt(self, record: StoredRecord) -> dict[str, Any] | None:
        """The attempt of a call that has come so far."""
        if record["status"] not in _STATUSES[2:]:
            return None
        has_ended = record["status"] != "calling"
        is_answered = not record["to_phone_number"].endswith(_NOT_ANSWERED)
        attempt = {
            "id": f"{record['id']}_1",
            "phone_number": record["to_phone_number"],
            "started_at": record["created_at"],
            "answered_at": record["created_at"] if is_answered else None,
            "ended_at": record["updated_at"] if has_ended else None,
            "handled_by_ai": is_answered,
            "handled_by_human": False,
            "dial_error": None if is_answered else "no_answer",
            "result": "human" if is_answered else None,
            "status": ("completed" if is_answered else "error") if has_ended else "ongoing",
            "ended_by": "agent" if has_ended and is_answered else None,
            "end_reason": "tool_end_call" if has_ended and is_answered else None,
            "transcript": self._transcript(record) if is_answered else [],
        }
        if record["status"] == "completed" and is_answered:
            attempt["structured_output"] = _outputs(record["assistant"])
        return attempt

    def _transcript(self, record: StoredRecord) -> list[dict[str, str]]:
        said = _filled(record["assistant"].get("first_sentence") or "Hello?", record["prompt_variables"])
        turns = [("assistant", said), ("user", "Yes, that is fine."), ("assistant", "Thank you, goodbye.")]
        return [{"role": role, "content": content} for role, content in turns]

    def _now(self) -> str:
        return self._settings.clock().isoformat(timespec="microseconds")


def _filled(text: str, variables: Mapping[str, Any]) -> str:
    """A text with its placeholders filled; those without a value stay."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(variables.get(found[1], found[0])), text)


def _outputs(assistant: StoredAssistant) -> dict[str, Any]:
    """A value for each structured output that an assistant asks for."""
    found = {}
    for output in assistant.get("structured_output_config") or []:
        choices = output.get("enum_options") or []
        found[output["name"]] = choices[0] if choices else _VALUES.get(output.get("type"), "as agreed")
    return found
