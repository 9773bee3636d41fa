"""Runs the commands of a soak once, so that a process has everything loaded before it is forked thousands of times."""

from __future__ import annotations

import io
import json
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx

from revox_sync.cli.main import run
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.usecases.project.settings import World

_CONFIGURATION: Final = 'version: 1\nenvironments: {test: {base_url: "http://127.0.0.1:9/api", api_key: warm}}\n'
_ASSISTANT: Final = {
    "name": "Warm",
    "prompt": "You are warm.",
    "voice": {"provider": "cartesia", "id": "v", "speed": 1.1},
    "faq_items": [{"question": "Is it?", "answer": "Yes."}],
}
_COMMANDS: Final = (
    "apply --auto-approve",
    "plan -o json",
    "plan -o markdown",
    "status",
    "pull",
    "import a asst_1",
    "forget a",
)


def warm_up() -> None:
    """Load what the commands load. No thread is left behind."""
    account = httpx.MockTransport(_Account())
    nowhere = io.StringIO()

    def offline(settings: ClientSettings) -> ClientSettings:
        return replace(settings, transport=account)

    with tempfile.TemporaryDirectory() as folder, redirect_stdout(nowhere), redirect_stderr(nowhere):
        root = Path(folder)
        (root / "assistants").mkdir()
        (root / "revox-sync.yaml").write_text(_CONFIGURATION, "utf-8")
        for prompt in ("Cold.", "Warm."):
            text = json.dumps(_ASSISTANT | {"prompt": prompt})
            (root / "assistants" / "a.yaml").write_text(text, "utf-8")
            for command in _COMMANDS[: None if prompt == "Warm." else 1]:
                run(["-C", folder, *command.split()], World(lambda _: False, client=offline))


class _Account:
    """One assistant, in memory."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        if request.method in {"POST", "PATCH"}:
            fixed = {"id": "asst_1", "organization_id": "org_1", "updated_at": request.method}
            self._held |= json.loads(request.content) | fixed
            return httpx.Response(200, json={"assistant": self._held})
        if request.url.path.endswith("asst_1"):
            return httpx.Response(200, json=self._held)
        return httpx.Response(200, json={"assistants": [self._held] if self._held else []})
