"""What the emulated organisation has beside assistants: who it is, its phone numbers and its campaigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from revox_sync.emulator.catalogue import PHONE_NUMBERS
from revox_sync.emulator.endpoint import read_mapping, route
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store, StoredAssistant, StoredRecord

_NUMBER: Final = "phone_number"
_CAMPAIGN: Final = "campaign"
_SET_UP: Final = "2026-01-05T09:00:00.000000Z"


class Organisation:
    """The endpoints of numbers, campaigns and the user (docs/api.md, "Calls beside assistants").

    Args:
        answer: an assistant as the API shows it.
    """

    def __init__(
        self, store: Store, settings: EmulatorSettings, answer: Callable[[StoredAssistant], dict[str, Any]]
    ) -> None:
        self._store = store
        self._settings = settings
        self._answer = answer

    def routes(self) -> list[Route]:
        """Every path with the methods it knows."""
        return [
            route("/users/me", GET=self._me),
            route("/phone-numbers", GET=self._numbers),
            route("/phone-numbers/{id}", PATCH=self._change_number),
            route("/campaigns", GET=self._campaigns, POST=self._create_campaign),
            route("/campaigns/{id}", GET=self._campaign),
            route("/campaigns/{id}/pause", POST=self._pause),
            route("/campaigns/{id}/resume", POST=self._resume),
            route("/campaigns/{id}/cancel", POST=self._cancel),
        ]

    async def _me(self, _: Request) -> Response:
        user = {
            "id": "user_emulator",
            "email": "emulator@example.com",
            "first_name": "Emma",
            "last_name": "Lator",
            "has_completed_onboarding": True,
            "organization_id": self._settings.organization_id,
            "organization_country": "FR",
            "created_at": _SET_UP,
            "updated_at": _SET_UP,
        }
        return JSONResponse({"user": user})

    async def _numbers(self, _: Request) -> Response:
        return JSONResponse({"phone_numbers": [self._number(number["id"]) for number in PHONE_NUMBERS]})

    async def _change_number(self, request: Request) -> Response:
        number_id, body = request.path_params["id"], await read_mapping(request)
        self._number(number_id)
        if unknown := body.keys() - {"inbound_assistant_id", "label"}:
            raise HTTPException(422, f"a phone number has no `{min(unknown)}` that can be changed")
        assistant_id = body.get("inbound_assistant_id")
        if assistant_id is not None and self._store.find(str(assistant_id)) is None:
            raise HTTPException(404, f"no assistant has the id {assistant_id}")
        self._store.keep(_NUMBER, {**self._changes(number_id), **body, "id": number_id})
        return JSONResponse({"phone_number": self._number(number_id)})

    def _changes(self, number_id: str) -> StoredRecord:
        return next((record for record in self._store.records(_NUMBER) if record["id"] == number_id), {})

    def _number(self, number_id: str) -> dict[str, Any]:
        """A number with the assistant that answers it, if that still exists."""
        number = next((number for number in PHONE_NUMBERS if number["id"] == number_id), None)
        if number is None:
            raise HTTPException(404, f"no phone number has the id {number_id}")
        changes = self._changes(number_id)
        bound = self._store.find(str(changes.get("inbound_assistant_id")))
        label = changes.get("label", number["label"])
        return {**number, "label": label, "inbound_assistant": bound and self._answer(bound)}

    async def _campaigns(self, _: Request) -> Response:
        return JSONResponse({"campaigns": [self._shown(record) for record in self._store.records(_CAMPAIGN)]})

    async def _campaign(self, request: Request) -> Response:
        return JSONResponse({"campaign": self._shown(self._found(request))})

    async def _create_campaign(self, request: Request) -> Response:
        body = await read_mapping(request)
        missing = [key for key in ("name", "assistant_id", "contacts") if key not in body]
        if missing:
            raise HTTPException(422, f"`{missing[0]}` is required")
        if self._store.find(str(body["assistant_id"])) is None:
            raise HTTPException(404, f"no assistant has the id {body['assistant_id']}")
        now = self._now()
        record = {
            "id": self._settings.new_id("camp"),
            "name": body["name"],
            "assistant_id": body["assistant_id"],
            "from_phone_number": body.get("from_phone_number"),
            "max_concurrent_calls": body.get("max_concurrent_calls"),
            "call_retry_config": body.get("call_retry_config"),
            "status": "running",
            "is_cancelled": False,
            "created_at": now,
            "updated_at": now,
        }
        self._store.keep(_CAMPAIGN, record)
        return JSONResponse({"campaign": self._shown(record)})

    async def _pause(self, request: Request) -> Response:
        return self._changed(request, status="paused")

    async def _resume(self, request: Request) -> Response:
        return self._changed(request, status="running")

    async def _cancel(self, request: Request) -> Response:
        return self._changed(request, is_cancelled=True)

    def _changed(self, request: Request, **changes: Any) -> Response:
        record = {**self._found(request), **changes, "updated_at": self._now()}
        self._store.keep(_CAMPAIGN, record)
        return JSONResponse({"campaign": self._shown(record)})

    def _found(self, request: Request) -> StoredRecord:
        campaign_id = request.path_params["id"]
        for record in self._store.records(_CAMPAIGN):
            if record["id"] == campaign_id:
                return record
        raise HTTPException(404, f"no campaign has the id {campaign_id}")

    def _shown(self, record: StoredRecord) -> dict[str, Any]:
        """A campaign as it is answered, with its assistant, if that still exists."""
        found = self._store.find(record["assistant_id"])
        shown = {**record, "organization_id": self._settings.organization_id, "created_by": None}
        return {**shown, "assistant": found and self._answer(found)}

    def _now(self) -> str:
        return self._settings.clock().isoformat(timespec="microseconds")
