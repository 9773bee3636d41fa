"""A client of the Language Server Protocol over stdio: what an editor sends, and what comes back, as plain JSON."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

SECONDS: Final = 60
"""How long an answer may take; a server that hangs must not hang the suite."""


class Client:
    """One server process and the conversation with it.

    Args:
        command: starts the server.
        settings: answers to `workspace/configuration`, by section.

    Attributes:
        notes: notifications from the server that nobody has taken yet, in order.
        asked: requests of the server, in order.
        capabilities: what the server can do.
        version: of the text that was opened or changed last; each has another one.
    """

    def __init__(self, command: Sequence[str], cwd: Path, settings: dict[str, Any] | None = None) -> None:
        self._settings = settings or {}
        self._process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._received: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._answers: dict[int, dict[str, Any]] = {}
        self.notes: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.capabilities: dict[str, Any] = {}
        self.errors = b""
        self._last = 0
        self.version = 0
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._listen, self._drain)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for reader in self._readers:
            reader.join()
        self._process.__exit__(None, None, None)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _drain(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.errors += line

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._received.put(json.loads(stream.read(length)))
        self._received.put(None)

    def send_raw(self, body: bytes) -> None:
        """Send a message as it is, behind a header that fits."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _send(self, **message: Any) -> None:
        self.send_raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def ask(self, method: str, **params: Any) -> int:
        """Send a request; its id, for `answer`."""
        self._last += 1
        self._send(id=self._last, method=method, params=params)
        return self._last

    def answer(self, number: int) -> dict[str, Any]:
        """The whole answer to a request."""
        while number not in self._answers:
            self._take()
        return self._answers.pop(number)

    def request(self, method: str, **params: Any) -> Any:
        """The result of a request; an error of the server fails the test."""
        answer = self.answer(self.ask(method, **params))
        assert "error" not in answer, answer
        return answer["result"]

    def _take(self) -> None:
        message = self._received.get(timeout=SECONDS)
        assert message is not None, f"the server has ended: {self.errors.decode()}"
        if "method" not in message:
            self._answers[message["id"]] = message
        elif "id" in message:
            self.asked.append(message)
            self._send(id=message["id"], result=self._reply(message))
        else:
            self.notes.append(message)

    def _reply(self, message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._settings.get(item.get("section", "")) for item in message["params"]["items"]]

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first notification that fits, taken out of `notes`."""
        while True:
            for note in self.notes:
                if wanted(note):
                    self.notes.remove(note)
                    return note
            self._take()

    def initialize(self, *folders: Path, capabilities: dict[str, Any] | None = None, **options: Any) -> None:
        """Begin the conversation."""
        result = self.request(
            "initialize",
            processId=None,
            rootUri=folders[0].as_uri() if folders else None,
            workspaceFolders=[{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
            capabilities=capabilities or {},
            initializationOptions=options or None,
        )
        self.capabilities = result["capabilities"]
        self.notify("initialized")

    def open(self, path: Path, text: str, language: str = "yaml") -> str:
        """Open a document; its URI."""
        uri = path.as_uri()
        self.version += 1
        document = {"uri": uri, "languageId": language, "version": self.version, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)
        return uri

    def change(self, uri: str, *changes: dict[str, Any]) -> int:
        """Change a document; its new version. A change is `{"range": …, "text": …}`, or `{"text": …}` for all of it."""
        self.version += 1
        document = {"uri": uri, "version": self.version}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=list(changes))
        return self.version

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", textDocument={"uri": uri})

    def diagnostics(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """The next diagnostics that are published for a document, or those of one version of it."""

        def fits(note: dict[str, Any]) -> bool:
            params = note.get("params", {})
            published = note["method"] == "textDocument/publishDiagnostics" and params["uri"] == uri
            return published and (version is None or params.get("version") == version)

        found: list[dict[str, Any]] = self.wait_for(fits)["params"]["diagnostics"]
        return found

    def end(self) -> int:
        """Say goodbye as the protocol asks; the exit code of the server."""
        self.request("shutdown")
        self.notify("exit")
        return self.ended()

    def ended(self) -> int:
        """Wait for the server to end; its exit code."""
        return self._process.wait(SECONDS)


@contextmanager
def talking(command: Sequence[str], cwd: Path, **settings: Any) -> Iterator[Client]:
    """A conversation with a server, which does not outlive the block."""
    with Client(command, cwd, settings) as client:
        yield client


def spot(text: str, marked: str, *, behind: bool = False, nth: int = 0) -> dict[str, int]:
    """The position, in UTF-16 units, where some text begins (or ends) in a document."""
    offset = -1
    for _ in range(nth + 1):
        offset = text.index(marked, offset + 1)
    offset += len(marked) if behind else 0
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
