"""The demo project: every example is right, and together they show what a file can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from revox_sync.contract.fields import contract, newest_contract
from revox_sync.contract.schema_files import JsonSchema
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import DiskTree
from revox_sync.source.model.value import plain_json

ROOT = Path(__file__).parent.parent
CONFIGURATION = "revox-sync.yaml"
ENVIRONMENTS = ("emulator", "production")
PATHS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "assistants").rglob("*.yaml")
    if not any(part.startswith("_") for part in path.relative_to(ROOT).parts)
)
# A custom model needs a key, and the demo must run without one.
NOT_SHOWN = {"llm_model.api_key", "llm_model.api_url", "llm_model.model_name"}
PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
PHONE_NUMBER = re.compile(r"\+[0-9]{6,}")
# Prefixes the French regulator keeps free for fiction.
FICTION = ("+3319900", "+3363998")


@cache
def configuration() -> dict[str, Any]:
    value: dict[str, Any] = plain_json(Loader(DiskTree(ROOT), variables=None, environ=None).load(CONFIGURATION).value)
    return value


@cache
def load(path: str, environment: str) -> Document:
    """An example with the project's defaults; no environment variable is read."""
    variables = configuration()["environments"][environment]["vars"]
    loader = Loader(DiskTree(ROOT), variables=variables, environ=None)
    return loader.load(path).with_defaults(loader.load(CONFIGURATION))


def assistants() -> list[dict[str, Any]]:
    return [plain_json(load(path, "emulator").value) for path in PATHS]


def fields(schema: JsonSchema, at: str = "") -> Iterator[str]:
    """Dotted names of all fields that are not cosmetic."""
    for name, child in schema.get("properties", {}).items():
        if child.get("x-impact") != "cosmetic":
            yield at + name
            yield from fields(child, f"{at}{name}.")
    for branch in schema.get("oneOf", []):
        yield from fields(branch, at)
    if "items" in schema:
        yield from fields(schema["items"], at)


def used(value: object, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield at + name
            yield from used(child, f"{at}{name}.")
    elif isinstance(value, list):
        for child in value:
            yield from used(child, at)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from strings(child)


def known_to_the_api(schema: object) -> Iterator[str]:
    """Variables that Revox itself fills in, in whatever field."""
    if isinstance(schema, dict):
        yield from schema.get("x-variables", {}).get("known", [])
        for child in schema.values():
            yield from known_to_the_api(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from known_to_the_api(child)


def own_names(assistant: dict[str, Any]) -> Iterator[str]:
    """Structured outputs and tool inputs of an assistant, which its templates may use."""
    yield from (output["name"] for output in assistant.get("structured_output_config", []))
    for tool in assistant.get("custom_tools", []):
        yield from (each["name"] for each in tool["input_schema"])


def placeholders(assistant: dict[str, Any]) -> set[str]:
    return {name for text in strings(assistant) for name in PLACEHOLDER.findall(text)}


def test_there_are_enough_examples() -> None:
    assert len(PATHS) >= 8


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("path", PATHS)
def test_example_is_valid(path: str, environment: str) -> None:
    document = load(path, environment)
    assert document.problems == ()
    assert document.ambiguous == ()
    assert not document.uses_secrets
    assert contract(configuration()["contract"]).is_valid(document.value)


def test_examples_follow_the_newest_contract() -> None:
    assert configuration()["contract"] == newest_contract()


def test_names_are_unique() -> None:
    names = [assistant["name"] for assistant in assistants()]
    assert len(set(names)) == len(names)


def test_every_field_is_shown() -> None:
    schema = contract(newest_contract()).schema
    assert set(fields(schema)) - set(used(assistants())) == NOT_SHOWN


@pytest.mark.parametrize("path", PATHS)
def test_variables_are_declared(path: str) -> None:
    assistant = plain_json(load(path, "emulator").value)
    available = {*configuration()["lint"]["variables"], *own_names(assistant)}
    available.update(known_to_the_api(contract(newest_contract()).schema))
    assert placeholders(assistant) <= available


def test_declared_variables_are_used() -> None:
    everywhere = set().union(*map(placeholders, assistants()))
    assert set(configuration()["lint"]["variables"]) <= everywhere


def test_transfer_labels_stand_in_the_prompt() -> None:
    for assistant in assistants():
        labels = [each["label"] for each in assistant.get("transfer_destinations", [])]
        assert [label for label in labels if f'"{label}"' not in assistant["prompt"]] == []


def test_phone_numbers_belong_to_nobody() -> None:
    numbers = [number for text in strings(assistants()) for number in PHONE_NUMBER.findall(text)]
    assert numbers
    assert [number for number in numbers if not number.startswith(FICTION)] == []
