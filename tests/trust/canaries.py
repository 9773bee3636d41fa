"""A project and an account full of secrets, and a search for each of them in whatever leaves the program."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.values.secret import Secret
from tests.account import Account, Ran

MARK: Final = "7f3a9cnry"
"""In every secret, twice, so that half of one is found as well."""
ENVIRONMENT: Final = f"{MARK}E"
SERVER: Final = f"{MARK}S"
LITERAL: Final = f"{MARK}L"


def canary(kind: str, origin: str = ENVIRONMENT) -> str:
    """A secret that every encoding spells in another way."""
    return f'{origin}{kind}"é\\/+% {origin}{kind}'


def key(kind: str, origin: str = ENVIRONMENT) -> str:
    """A secret of the characters that keys and URLs have."""
    return f"{origin}{kind}{origin}{kind}"


def _in_base64(text: str) -> Iterator[str]:
    """What base64 makes of a text, wherever it stands: the characters that depend on nothing else."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + text.encode()).decode()
        yield encoded[(0, 2, 3)[before] : (len(text) + before) * 8 // 6]


_SPELLINGS: Final = "|".join([MARK, MARK[::-1], MARK.encode().hex(), *map(re.escape, _in_base64(MARK))])
FOUND: Final = re.compile(rf".{{0,40}}(?:{_SPELLINGS}).{{0,20}}")

VARIABLES: Final = {
    "T_FIRST": canary("first"),
    "T_ANSWER": canary("answer"),
    "T_DEFAULT": canary("default"),
    "T_MODEL": key("model"),
    "T_HEADER": canary("header"),
    "T_QUERY": canary("query"),
    "T_TOOL": f"https://tools.example.com/{key('tool')}",
    "T_VARIABLE": key("variable"),
    "T_NESTED": canary("nested"),
    "T_TEMPLATE": canary("template"),
    "T_API": key("api"),
    "T_OTHER": f"https://me:{key('userinfo')}@api.example.com/api",
}

CONFIGURATION: Final = """
version: 1
safety: {test_numbers: ["+33199001234"]}
default_environment: test
defaults:
  end_of_call_sentence: !env T_DEFAULT
environments:
  test:
    base_url: "%s"
    api_key: !env T_API
    vars: {token: !env T_VARIABLE, deep: {inner: !env T_NESTED}}
  twin:
    base_url: "%s"
    api_key: !env T_API
    vars: {token: !env T_VARIABLE, deep: {inner: !env T_NESTED}}
  url: {base_url: !env T_OTHER, api_key: %s, vars: {token: x, deep: {inner: x}}}
  userinfo: {base_url: "https://me:%s@api.example.com/api", vars: {token: x, deep: {inner: x}}}
"""

TOOL: Final = """
  - name: look
    description: Looks.
    method: POST
    url: !env T_TOOL
    headers: [{key: X-Token, value: !env T_HEADER}, {key: X-Plain, value: %s}]
    query_params: [{key: token, value: !env T_QUERY}]
    body_template: null
    input_schema: []
"""
FULL: Final = """
name: Full
prompt: You are full.
first_sentence: !env T_FIRST
voicemail_message: !sub "Call ${token} back"
max_duration_end_message: !var deep
webhook_url: !sub "https://hooks.example.com/${token}"
llm_model: {type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_MODEL}
faq_items: [{question: Who?, answer: !env T_ANSWER}]
slack: {connection_id: c, channels: [{id: C1}], outcomes: [completed], template: !env T_TEMPLATE}
custom_tools:
""".replace("!var deep", '!sub "Bye ${token}"')


def literal_model(kind: str, origin: str = LITERAL) -> dict[str, Any]:
    """A model with its key in the open."""
    return {
        "type": "custom",
        "api_url": "https://llm.example.com",
        "model_name": "m",
        "api_key": key(kind, origin),
    }


def literal_tools(kind: str, origin: str = LITERAL) -> list[dict[str, Any]]:
    """A tool with its secrets in the open."""
    return [
        {
            "name": "look",
            "description": "Looks.",
            "method": "GET",
            "url": "https://tools.example.com",
            "headers": [{"key": "Authorization", "value": f"Bearer {key(kind, origin)}"}],
            "query_params": [{"key": "token", "value": canary(kind, origin)}],
            "body_template": None,
            "input_schema": [],
        }
    ]


class World:
    """An account and a project of which everything is under way, and the search in all it writes.

    Full: secrets of every kind, all of them changed since they were applied. Edited: changed in the dashboard, secrets
    too. Fresh: not yet applied. Gone: its file is gone. Unmanaged: made in the dashboard.
    """

    def __init__(self, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = account
        self.outside = account.root.parent / "outside"
        self.outside.mkdir()
        for name, folder in (("XDG_CACHE_HOME", "cache"), ("TMPDIR", "tmp"), ("HOME", "home")):
            monkeypatch.setenv(name, str(self.outside / folder))
        for name, value in VARIABLES.items():
            monkeypatch.setenv(name, value)
        account.serve(account.store, key=VARIABLES["T_API"])
        account.write(
            "revox-sync.yaml",
            CONFIGURATION % (account.base_url, account.base_url, key("apikey", LITERAL), key("userinfo", LITERAL)),
        )
        account.write("assistants/full.yaml", FULL + TOOL % key("plain", LITERAL))
        account.declare("edited", llm_model=literal_model("edited"), custom_tools=literal_tools("edited"))
        account.declare("gone", llm_model=literal_model("gone"))

    def apply(self) -> list[Ran]:
        """A first apply, and one that leaves a backup."""
        first = self.account.run("-v", "apply", "--auto-approve")
        self.account.declare("gone", llm_model=literal_model("gone"), first_sentence="Hi")
        return [first, self.account.run("-v", "apply", "--auto-approve")]

    def move_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Everything changes, everywhere."""
        account = self.account
        for name, value in VARIABLES.items():
            if name not in {"T_API", "T_OTHER"}:
                monkeypatch.setenv(name, f"{value}{MARK}new")
        text = (account.root / "assistants/full.yaml").read_text("utf-8")
        account.write(
            "assistants/full.yaml", text.replace("!env T_FIRST", "Hello").replace("You are full", "You were full")
        )
        account.edit("edited", prompt="Edited.", llm_model=literal_model("edited", SERVER))
        account.edit("edited", custom_tools=literal_tools("edited", SERVER))
        (account.root / "assistants/gone.yaml").unlink()
        account.edit("gone", custom_tools=literal_tools("gone", SERVER))
        account.declare("fresh", llm_model=literal_model("fresh"), custom_tools=literal_tools("fresh"))
        stranger = {"name": "Unmanaged", "prompt": "x", "llm_model": literal_model("unmanaged", SERVER)}
        with Client(Endpoint(account.base_url, Secret(VARIABLES["T_API"])), ClientSettings(timeout=5.0)) as client:
            client.create_assistant(stranger | {"custom_tools": literal_tools("unmanaged", SERVER)})

    def leaks(self, ran: Iterable[Ran] = ()) -> list[str]:
        """Where secrets are to be read: in what was said, in files; a source may have the literal ones it was given."""
        said = [
            f"{stream}: {found}" for each in ran for stream in (each.out, each.err) for found in FOUND.findall(stream)
        ]
        return said + [f"{path.name}: {found}" for path in self._files() for found in _in_file(path)]

    def _files(self) -> Iterator[Path]:
        for folder in (self.account.root, self.outside):
            yield from (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)


def _in_file(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    is_source = "assistants" in path.parts or path.name == "revox-sync.yaml"
    return FOUND.findall(text.replace(LITERAL, "") if is_source else text)
