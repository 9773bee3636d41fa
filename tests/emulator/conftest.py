"""A running emulator and clients of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from revox import Revox

from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store

SCHEMAS = Path(__file__).parents[2] / "schemas"
BODIES = Path(__file__).parent / "bodies"
CONTRACTS: list[str] = json.loads((SCHEMAS / "assistant.schema.json").read_text("utf-8"))["x-contracts"]
KEY = {"Authorization": "Bearer emulator"}
MINIMAL: dict[str, Any] = {"name": "Minimal", "prompt": "Say hello."}


def full_body(contract: str) -> dict[str, Any]:
    """A create body that uses every field of a contract."""
    body: dict[str, Any] = json.loads((BODIES / f"{contract}.json").read_text("utf-8"))
    return body


@contextmanager
def emulated(**settings: Any) -> Iterator[httpx.Client]:
    """A client of an emulator of its own; `settings` are fields of `EmulatorSettings`."""
    with (
        Store(None) as store,
        running(create_app(SCHEMAS, store, EmulatorSettings(**settings))) as url,
        httpx.Client(base_url=url, headers=KEY) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """An emulator without a pinned contract, shared by all tests: no test may rely on its list being empty."""
    with Store(None) as store, running(create_app(SCHEMAS, store)) as url:
        yield url


@pytest.fixture(scope="session")
def sdk(base_url: str) -> Iterator[Revox]:
    """The official client."""
    with Revox(base_url=base_url, api_key="emulator", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def http(base_url: str) -> Iterator[httpx.Client]:
    """A client that sends what it is told to."""
    with httpx.Client(base_url=base_url, headers=KEY) as client:
        yield client


@pytest.fixture(scope="session")
def keyless(base_url: str) -> Iterator[httpx.Client]:
    """A client without a key."""
    with httpx.Client(base_url=base_url) as client:
        yield client
