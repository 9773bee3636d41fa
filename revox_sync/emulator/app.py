"""The Revox API on this machine: paths, authorisation and answers as the official SDK expects them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Never

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from revox_sync.emulator.assistants import AssistantBuilder
from revox_sync.emulator.calls import Calls
from revox_sync.emulator.catalogue import VOICES
from revox_sync.emulator.contract import BodyViolation, ServedContract
from revox_sync.emulator.endpoint import ROOT, read_mapping, route
from revox_sync.emulator.faults import Dice
from revox_sync.emulator.middleware import Forbid, InjectFaults, RequireKey, SlowDown, carries_key
from revox_sync.emulator.organisation import Organisation
from revox_sync.emulator.quirk_effects import without_item_keys
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store, StoredAssistant

_AUTH_STATUS: Final = "/auth-status"


def create_app(schemas: Path, store: Store, settings: EmulatorSettings | None = None) -> Starlette:
    """The emulator as an ASGI application below `/api`; whatever happens, it answers JSON.

    Args:
        schemas: directory of `assistant.schema.json` and `contract-*.schema.json`.
        store: where assistants are kept; the caller closes it.

    Raises:
        UnknownNameError: a quirk names a field that does not exist.
        ValueError: there is no such contract, or a quirk contradicts it.
        OSError: the schemas cannot be read.
    """
    settings = settings or EmulatorSettings()
    dice = Dice(settings.seed)
    store.remember(settings.quirks.longest_lag, settings.clock)
    api = _Api(ServedContract(schemas, settings.contract), store, settings, dice)
    app = Starlette(
        routes=api.routes(),
        middleware=[
            Middleware(SlowDown, settings=settings),
            Middleware(InjectFaults, settings=settings, dice=dice, root=ROOT),
            Middleware(RequireKey, key=settings.key, open_path=ROOT + _AUTH_STATUS),
            Middleware(Forbid, paths=settings.quirks.forbid, root=ROOT),
        ],
        exception_handlers={HTTPException: _refusal, ClientDisconnect: _no_client, Exception: _refusal},
    )
    # A redirect for a slash too many has no JSON, and the client does not follow it.
    app.router.redirect_slashes = False
    return app


class _Api:
    """The endpoints; one method per call (docs/api.md, "Endpoints")."""

    def __init__(self, contract: ServedContract, store: Store, settings: EmulatorSettings, dice: Dice) -> None:
        self._contract = contract
        self._builder = AssistantBuilder(contract, settings)
        self._store = store
        self._settings = settings
        self._quirks = settings.quirks
        self._dice = dice
        self._organisation = Organisation(store, settings, self._builder.answer)
        self._calls = Calls(store, settings, self._builder, contract)

    def routes(self) -> list[Route]:
        """Every path with the methods it knows."""
        return [
            route("/assistants", GET=self.list_all, POST=self.create),
            route("/assistants/{id}", GET=self.retrieve, PATCH=self.update, DELETE=self.delete),
            route("/assistants/{id}/clone", POST=self.clone),
            route("/voices", GET=self.voices),
            *self._organisation.routes(),
            *self._calls.routes(),
            route(_AUTH_STATUS, GET=self.auth_status),
        ]

    async def list_all(self, _: Request) -> Response:
        # Sub-assistants can be reached by id only (docs/api.md, "Lists and answers").
        documents = self._store.all(seconds_ago=self._quirks.list_lag)
        shown = [self._builder.listed(document) for document in documents if document.get("type") != "sub-assistant"]
        page = self._quirks.page
        if page is None:
            return JSONResponse({"assistants": shown})
        cursor = shown[page - 1]["id"] if len(shown) > page else None
        return JSONResponse({"assistants": shown[:page], "has_more": cursor is not None, "next_cursor": cursor})

    async def create(self, request: Request) -> Response:
        body = await read_mapping(request)
        if violations := self._contract.create_violations(self._judged(body)):
            raise _ViolationError(violations)
        return self._added(self._builder.created(body))

    async def retrieve(self, request: Request) -> Response:
        # What nobody can read no caller asks about, so the past is looked up first.
        lag = self._quirks.read_lag
        document = self._store.find(_id(request), seconds_ago=lag) or _missing(request)
        if self._caller_asks():
            asked = self._store.change(_id(request), self._builder.with_caller_question)
            document = document if lag else asked or _missing(request)
        return JSONResponse(self._builder.answer(document))

    async def update(self, request: Request) -> Response:
        body = await read_mapping(request)
        self._found(request)
        if violations := self._contract.update_violations(self._judged(body)):
            raise _ViolationError(violations)
        caller_asks = self._caller_asks()

        def change(current: StoredAssistant) -> StoredAssistant:
            updated = self._builder.updated(current, body)
            return self._builder.with_caller_question(updated) if caller_asks else updated

        updated = self._store.change(_id(request), change) or _missing(request)
        return JSONResponse({"assistant": self._builder.answer(updated)})

    async def delete(self, request: Request) -> Response:
        if not self._store.remove(_id(request)):
            _missing(request)
        return JSONResponse({"success": True})

    async def clone(self, request: Request) -> Response:
        return self._added(self._builder.cloned(self._found(request)))

    async def voices(self, _: Request) -> Response:
        known = [voice for voice in VOICES if voice["provider"] in self._contract.voice_providers]
        return JSONResponse({"voices": known})

    async def auth_status(self, request: Request) -> Response:
        # A guess: the SDK documents "True if the API key is still valid", which makes sense only if a wrong key is
        # answered with false and not with 401 (docs/api.md, "Errors and repeats").
        return JSONResponse({"authenticated": carries_key(request.headers, self._settings.key)})

    def _caller_asks(self) -> bool:
        """Whether a caller has just asked something new; one throw of the dice per read and update by id."""
        return self._dice.hit("grow-faq", self._settings.grow_faq)

    def _found(self, request: Request) -> StoredAssistant:
        return self._store.find(_id(request)) or _missing(request)

    def _judged(self, body: dict[str, Any]) -> Any:
        """The part of a body that the contract has to accept."""
        return without_item_keys(body, self._quirks.item_key) if self._quirks.item_key else body

    def _added(self, document: StoredAssistant) -> Response:
        self._store.add(document)
        return JSONResponse({"assistant": self._builder.answer_to_create(document)})


def _id(request: Request) -> str:
    assistant_id: str = request.path_params["id"]
    return assistant_id


def _missing(request: Request) -> Never:
    raise HTTPException(404, f"no assistant has the id {_id(request)}")


async def _no_client(_: Request, __: Exception) -> Response:
    """The client is gone: nobody reads this answer, but without it the error would be logged as ours."""
    return Response(status_code=400)


class _ViolationError(HTTPException):
    """A body that does not fit the contract."""

    def __init__(self, violations: Sequence[BodyViolation]) -> None:
        super().__init__(422, "the body does not match the contract")
        self.violations = violations


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    """The answer to a refused request: `{"error": "..."}`, with `details` of path and message for violations."""
    if not isinstance(error, HTTPException):
        return JSONResponse({"error": "the emulator failed"}, 500)
    body: dict[str, Any] = {"error": error.detail}
    if isinstance(error, _ViolationError):
        body["details"] = [asdict(violation) for violation in error.violations]
    return JSONResponse(body, error.status_code, error.headers)
