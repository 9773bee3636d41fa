"""An emulated account on a real socket, whose wire a test watches and disturbs, and a project that talks to it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.cli.main import run
from revox_sync.emulator.app import create_app
from revox_sync.emulator.fault_effects import replayed, whole_body
from revox_sync.emulator.quirks import Quirks
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store, StoredAssistant
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.usecases.project.settings import World
from revox_sync.values.secret import Secret

ROOT: Final = Path(__file__).parent.parent
SCHEMAS: Final = ROOT / "schemas"
KEY: Final = "emulator"
HASTY: Final = RetryPolicy(base=0.001)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it came over the wire; `body` is None for a request without one."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request instead of its answer.

    Attributes:
        matches: which requests it happens to.
        status: of the answer; None closes the connection in the middle of it.
        committed: whether the emulator carries the request out all the same.
        seconds: to wait before.
        rewrite: carries the request out with another body and gives that answer.
    """

    matches: Callable[[Sent], bool]
    status: int | None = 200
    body: Any = None
    committed: bool = False
    seconds: float = 0.0
    rewrite: Callable[[Any], Any] | None = None


class Switchboard:
    """An ASGI application that passes requests on to the account of the running test."""

    def __init__(self) -> None:
        self.app: ASGIApp = Starlette()
        self.sent: list[Sent] = []
        self.faults: list[Fault] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await whole_body(receive) or b""
        request = Sent(scope["method"], scope["path"].removeprefix("/api"), json.loads(body) if body else None)
        self.sent.append(request)
        app = self.app  # that of the test the request was made in, however long it takes
        fault = next((fault for fault in self.faults if fault.matches(request)), None)
        if fault is None:
            await app(scope, replayed(body), send)
            return
        await asyncio.sleep(fault.seconds)
        if fault.rewrite is not None:
            await app(scope, replayed(json.dumps(fault.rewrite(request.body)).encode()), send)
            return
        if fault.committed:
            await app(scope, replayed(body), _nowhere)
        await _answer(fault, send)


async def _nowhere(_: Message) -> None:
    return


async def _answer(fault: Fault, send: Send) -> None:
    content = json.dumps(fault.body).encode()
    announced = len(content) + (0 if fault.status else 99)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(announced).encode()),
        (b"retry-after-ms", b"1"),  # whoever tries again does so without making the suite wait
    ]
    await send({"type": "http.response.start", "status": fault.status or 200, "headers": headers})
    if fault.status:
        await send({"type": "http.response.body", "body": content})


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """What is on stdout below the line that says where."""
        first, _, rest = self.out.partition("\n\n")
        assert re.fullmatch(r"Environment \S+: https?://\S+, organisation \S+", first), self.out
        return rest

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


def _hasty(settings: ClientSettings) -> ClientSettings:
    """No test waits for the pause before a repeat."""
    return replace(settings, policy=HASTY)


@dataclass(slots=True)
class Account:
    """An account and a project for it.

    Attributes:
        root: folder of the project.
        base_url: of the account.
        store: what the account holds; writing to it is an edit nobody saw.
        switchboard: requests as they came, faults to come.
        waits: seconds that commands would have waited between looks.
    """

    root: Path
    base_url: str
    store: Store
    switchboard: Switchboard
    capture: pytest.CaptureFixture[str]
    waits: list[float] = field(default_factory=list)

    def serve(self, store: Store, *quirks: str, **options: Any) -> None:
        """Answer from a store; quirks are such as `list-lag:2`, `options` are other fields of `EmulatorSettings`."""
        self.store = store
        self.switchboard.app = create_app(SCHEMAS, store, EmulatorSettings(quirks=Quirks.parse(quirks), **options))

    def configure(self, **settings: Any) -> None:
        """Write revox-sync.yaml; JSON is YAML. A `vars` text is put in as YAML, so that it may have tags."""
        variables = settings.pop("vars", "{}")
        environment = f'{{base_url: "{self.base_url}", api_key: {KEY}, vars: {variables}}}'
        lines = [f"{key}: {json.dumps(value)}" for key, value in settings.items()]
        text = "\n".join(["version: 1", *lines, "environments:", f"  test: {environment}", ""])
        self.write("revox-sync.yaml", text)

    def write(self, path: str, content: str | Mapping[str, Any]) -> None:
        """Write a file of the project, a mapping as JSON, which is YAML."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")

    def declare(self, address: str, /, **fields: Any) -> None:
        """Write an assistant file; name and prompt have defaults."""
        name = address.replace("/", " ")
        self.write(f"assistants/{address}.yaml", {"name": name, "prompt": f"You are {name}."} | fields)

    def wait(self, seconds: float) -> bool:
        """Nobody waits in a test; what would be waited for is in `waits`."""
        self.waits.append(seconds)
        return False

    def run(self, *arguments: str) -> Ran:
        """Run a command line in the project; requests of earlier ones are forgotten."""
        self.switchboard.sent.clear()
        self.capture.readouterr()
        code = run(["-C", str(self.root), *arguments], World(self.wait, client=_hasty))
        out, err = self.capture.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    def plan(self, *arguments: str) -> Any:
        """The plan as JSON."""
        ran = self.run("plan", "-o", "json", *arguments)
        assert ran.code == 0, ran.err
        return ran.json

    def apply(self, *arguments: str) -> Ran:
        """Apply without asking."""
        return self.run("apply", "--auto-approve", *arguments)

    def applied(self, *arguments: str) -> Ran:
        """Apply without asking; everything works."""
        ran = self.apply(*arguments)
        assert ran.code == 0, ran.out + ran.err
        return ran

    @property
    def writes(self) -> list[Sent]:
        """What the last command line wrote."""
        return [request for request in self.switchboard.sent if request.method != "GET"]

    @property
    def lock_path(self) -> Path:
        return self.root / ".revox" / "local" / "test.lock.json"

    @property
    def journal_path(self) -> Path:
        return self.lock_path.with_name("test.journal.jsonl")

    @property
    def lock(self) -> dict[str, Any]:
        """The lock's entries by address."""
        entries: dict[str, Any] = json.loads(self.lock_path.read_text("utf-8"))["assistants"]
        return {address: entry for address, entry in entries.items() if address}

    def remote(self, name: str) -> StoredAssistant:
        """The one remote assistant of that name."""
        (found,) = (assistant for assistant in self.store.all() if assistant["name"] == name)
        return found

    def edit(self, name: str, /, **fields: Any) -> None:
        """Edit a remote assistant as the dashboard would: it gets a new time stamp, too."""
        stamp = {"updated_at": datetime.now(UTC).isoformat()}
        self.store.change(self.remote(name)["id"], lambda current: current | stamp | fields)

    def disturb(self, method: str, **fault: Any) -> None:
        """Let a fault happen to every request of a method; `named` narrows it to bodies with that name."""
        named = fault.pop("named", None)
        self.switchboard.faults.append(
            Fault(
                lambda sent: sent.method == method and (named is None or (sent.body or {}).get("name") == named),
                **fault,
            )
        )

    def client(self, **options: Any) -> Client:
        """A client of the account; `options` are fields of `ClientSettings`."""
        settings = ClientSettings(**{"timeout": 5.0, "policy": HASTY, **options})
        return Client(Endpoint(self.base_url, Secret(KEY)), settings)


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Switchboard, str]]:
    """A switchboard on a free port, and its base URL."""
    board = Switchboard()
    with running(Starlette(routes=[Mount("", app=board)])) as base_url:
        yield board, base_url


@pytest.fixture
def account(
    served: tuple[Switchboard, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Account]:
    """An empty account and an empty project for it, which is the current folder."""
    board, base_url = served
    board.sent, board.faults = [], []
    with Store(None) as store:
        opened = Account(tmp_path / "project", base_url, store, board, capsys)
        opened.serve(store)
        opened.configure()
        monkeypatch.chdir(opened.root)
        yield opened


def digests_only(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of a lock file without what differs from one apply to the next: tokens, and values from before."""
    return {
        address: {
            **{key: value for key, value in entry.items() if key not in {"token", "older"}},
            "leaves": {
                pointer: record[:2] if isinstance(record, list) else record
                for pointer, record in entry["leaves"].items()
            },
        }
        for address, entry in entries.items()
    }
