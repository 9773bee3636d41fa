"""The Revox API on this machine: paths, authorisation and answers as the official SDK expects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Never
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from revox_sync.emulator.assistants import Server
from revox_sync.emulator.behaviour import WELL, Behaviour
from revox_sync.emulator.catalogue import PHONE_NUMBERS, VOICES
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.faults import Dice
from revox_sync.emulator.keeping import keeper
from revox_sync.emulator.middleware import InjectFaults, Latency, LimitRate, RequireKey, carries_key
from revox_sync.emulator.store import Store, StoredAssistant
from revox_sync.emulator.wire import ViolationError, read_mapping, refusal, violation_report

ROOT: Final = "/api"
AUTH_STATUS: Final = "/auth-status"
Handler = Callable[[Request], Awaitable[Response]]


def create_app(  # noqa: PLR0913 - each is one independent switch of the emulator
    schemas: Path,
    store: Store,
    *,
    contract: str | None = None,
    key: str = "emulator",
    latency_seconds: float = 0.0,
    organization_id: str = "org_emulator",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[str], str] = lambda prefix: f"{prefix}_{uuid4().hex}",
    behaviour: Behaviour = WELL,
    struck: Callable[[str], None] = lambda _: None,
) -> Starlette:
    """The emulator as an ASGI application below `/api`; it answers JSON whatever happens.

    Args:
        schemas: directory of `assistant.schema.json` and `contract-*.schema.json`.
        store: where assistants are kept; it stays open, closing it is the caller's business.
        contract: accept and answer this contract only, such as `0.4`; None accepts any and answers like the newest.
        key: the one API key that is accepted.
        latency_seconds: wait before every answer.
        organization_id: the organisation every assistant belongs to.
        clock: the time now, with a time zone.
        new_id: a new unique id that starts with the given prefix and an underscore.
        behaviour: faults to inject, and what becomes of what is sent.
        struck: told the kind of each fault that is injected.

    Raises:
        ValueError: there is no such contract, or no such field to ignore.
        OSError: the schemas cannot be read.
    """
    dice = Dice(behaviour.seed)
    known = ServedContract(schemas, contract)
    server = Server(known, organization_id, clock, new_id, keeper(known, behaviour))
    api = Api(server, store, key, lambda: dice.hit("grow-faq", behaviour.grow_faq))
    app = Starlette(
        routes=api.routes(),
        middleware=[
            Middleware(Latency, seconds=latency_seconds),
            Middleware(LimitRate, per_second=behaviour.requests_per_second, clock=clock),
            Middleware(InjectFaults, faults=behaviour.faults, dice=dice, root=ROOT, clock=clock, told=struck),
            Middleware(RequireKey, key=key, open_path=ROOT + AUTH_STATUS),
        ],
        exception_handlers={
            HTTPException: refusal,
            ViolationError: violation_report,
            ClientDisconnect: _nobody_listens,
            Exception: refusal,
        },
    )
    app.router.redirect_slashes = False
    return app


class Api:
    """The endpoints; one method per call (docs/api.md, "Endpoints").

    Args:
        server: what becomes of a body.
        store: where assistants are kept.
        key: the one API key that is accepted.
        grows: whether a caller has just asked something new; asked once per read and update by id.
    """

    def __init__(self, server: Server, store: Store, key: str, grows: Callable[[], bool]) -> None:
        self._server = server
        self._contract = server.contract
        self._store = store
        self._key = key
        self._grows = grows

    def routes(self) -> list[Route]:
        """Every path with the methods it knows."""
        return [
            _route("/assistants", GET=self.list_all, POST=self.create),
            _route("/assistants/{id}", GET=self.retrieve, PATCH=self.update, DELETE=self.delete),
            _route("/assistants/{id}/clone", POST=self.clone),
            _route("/voices", GET=self.voices),
            _route("/phone-numbers", GET=self.phone_numbers),
            _route(AUTH_STATUS, GET=self.auth_status),
        ]

    async def list_all(self, _: Request) -> Response:
        """Every assistant but the sub-assistants, which are reachable by id only."""
        shown = [each for each in self._store.all() if each.get("type") != "sub-assistant"]
        return JSONResponse({"assistants": [self._server.listed(each) for each in shown]})

    async def create(self, request: Request) -> Response:
        """A new assistant; never idempotent."""
        body = await read_mapping(request)
        if violations := self._contract.create_violations(body):
            raise ViolationError(violations)
        return self._added(self._server.created(body))

    async def retrieve(self, request: Request) -> Response:
        """One assistant, not wrapped."""
        document = self._found(request)
        if self._grows():
            document = self._store.change(_id(request), self._server.grown) or _missing(request)
        return JSONResponse(self._server.answer(document))

    async def update(self, request: Request) -> Response:
        """The assistant after the change."""
        body = await read_mapping(request)
        self._found(request)
        if violations := self._contract.update_violations(body):
            raise ViolationError(violations)
        grow = self._server.grown if self._grows() else _same
        document = self._store.change(_id(request), lambda current: grow(self._server.updated(current, body)))
        return self._wrapped(document or _missing(request))

    async def delete(self, request: Request) -> Response:
        """Whether it is gone, which is always so."""
        if not self._store.remove(_id(request)):
            _missing(request)
        return JSONResponse({"success": True})

    async def clone(self, request: Request) -> Response:
        """The copy."""
        return self._added(self._server.cloned(self._found(request)))

    async def voices(self, _: Request) -> Response:
        """The catalogue, as far as the contract knows the providers."""
        known = [each for each in VOICES if each["provider"] in self._contract.voice_providers]
        return JSONResponse({"voices": known})

    async def phone_numbers(self, _: Request) -> Response:
        """The numbers of the organisation."""
        return JSONResponse({"phone_numbers": PHONE_NUMBERS})

    async def auth_status(self, request: Request) -> Response:
        """Whether the key is accepted.

        A wrong key is answered with false, not with 401: the SDK documents the boolean as "True if the API key is
        still valid", which makes sense only if false is an answer too (*inferred*).
        """
        return JSONResponse({"authenticated": carries_key(request.headers, self._key)})

    def _found(self, request: Request) -> StoredAssistant:
        return self._store.find(_id(request)) or _missing(request)

    def _added(self, document: StoredAssistant) -> Response:
        self._store.add(document)
        return self._wrapped(document)

    def _wrapped(self, document: StoredAssistant) -> Response:
        return JSONResponse({"assistant": self._server.answer(document)})


def _route(path: str, **by_method: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await by_method[method](request)

    return Route(ROOT + path, endpoint, methods=list(by_method))


def _id(request: Request) -> str:
    assistant_id: str = request.path_params["id"]
    return assistant_id


def _same(document: StoredAssistant) -> StoredAssistant:
    return document


def _missing(request: Request) -> Never:
    raise HTTPException(404, f"no assistant has the id {_id(request)}")


async def _nobody_listens(_: Request, __: Exception) -> Response:
    return Response(status_code=400)
