"""A server that answers every write with what it was told."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

ECHOES: Final[Mapping[str, Callable[[str], str]]] = {
    "raw": lambda text: text,
    "quoted": lambda text: json.dumps({"error": f"cannot take {text}"}),
    "each": lambda text: json.dumps({"errors": [{"field": "x", "message": each} for each in _texts(json.loads(text))]}),
    "each, in plain": lambda text: json.dumps({"message": list(_texts(json.loads(text)))}, ensure_ascii=False),
    "html": lambda text: f"<html><title>Error</title><p>{html.escape(text)}</p></html>",
    "without title": lambda text: f"<p>{html.escape(text)}</p>",
    "html as text": lambda text: json.dumps({"detail": html.escape(" ".join(_texts(json.loads(text))))}),
    "URL": quote,
    "cut": lambda text: text[: len(text) * 2 // 3],
    "after markup": lambda text: "<div>" * 3200 + " ".join(_texts(json.loads(text))),
}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for each in (value.values() if isinstance(value, dict) else value) for text in _texts(each)]
    return [value] if isinstance(value, str) else []


@dataclass(frozen=True, slots=True)
class Echo:
    """Passes reads on to an application; a write is answered with its own body, and with the key."""

    app: ASGIApp
    status: int
    form: Callable[[str], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self.app(scope, receive, send)
            return
        body = (await receive())["body"].decode()
        key = next(value.decode() for name, value in scope["headers"] if name == b"authorization")
        told = json.dumps([key, json.loads(body or "null")], ensure_ascii=False)
        headers = [(b"x-should-retry", b"false"), (b"x-key", key.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.form(told).encode()})
