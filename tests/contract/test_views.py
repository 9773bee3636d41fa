"""The generated views of the master schema, and the master schema itself as a document people edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.contract.fields import contract, known_contracts
from revox_sync.contract.schema_files import load_schema, schema_directory
from tests.contract.later_contract import LATER, schema_with_later_contract
from tests.contract.samples import samples
from tools.make_schemas import views

VIEWS: Final = views(dict(load_schema("assistant")))
IMPACTS: Final = {"speech", "routing", "data", "cosmetic"}
DOCUMENTATION: Final = Path(__file__).parents[2] / "docs" / "schema.md"


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        yield path, node
        for key, child in node.items():
            yield from nodes(child, f"{path}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from nodes(child, f"{path}/{index}")


def named(name: str) -> Mapping[str, Any]:
    return load_schema(name.removesuffix(".schema.json"))


@pytest.mark.parametrize("name", VIEWS)
def test_view_on_disk_is_the_generated_one(name: str) -> None:
    assert (Path(schema_directory()) / name).read_text("utf-8") == VIEWS[name], "run make schemas"


def test_no_view_is_left_over() -> None:
    assert {path.name for path in Path(schema_directory()).glob("contract-*.json")} == set(VIEWS)


@pytest.mark.parametrize("name", [*VIEWS, "assistant.schema.json"])
def test_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(dict(named(name)))


@pytest.mark.parametrize("name", VIEWS)
def test_view_knows_no_other_contract_and_no_field_of_the_server(name: str) -> None:
    foreign = {"x-since", "x-until", "x-overrides", "readOnly"}
    assert [path for path, node in nodes(named(name)) if foreign & node.keys()] == []


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_strict(name: str) -> None:
    mappings = {path: node for path, node in nodes(named(name)) if "object" in _types(node)}
    assert [path for path, node in mappings.items() if node.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("name", VIEWS)
def test_required_keys_exist(name: str) -> None:
    missing = {
        path: set(node["required"]) - node["properties"].keys()
        for path, node in nodes(named(name))
        if "properties" in node and isinstance(node.get("required"), list)
    }
    assert {path: keys for path, keys in missing.items() if keys} == {}


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("type")
    return [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []


@pytest.mark.parametrize("version", known_contracts())
def test_what_a_contract_accepts_is_accepted_without_a_contract(version: str) -> None:
    view = contract(version).schema
    documents = list(samples(view, view))
    assert len(documents) > 80
    assert [each for each in documents if not contract(version).is_valid(each)] == []
    assert [each for each in documents if not contract(None).is_valid(each)] == []


def test_every_field_of_a_request_has_an_impact_and_a_meaning() -> None:
    fields = load_schema("assistant")["properties"]
    requested = {name: node for name, node in fields.items() if not node.get("readOnly")}
    assert {name for name, node in requested.items() if node.get("x-impact") not in IMPACTS} == set()
    assert {name for name, node in fields.items() if not node.get("description")} == set()


def test_spans_name_known_contracts() -> None:
    spans = {"x-since", "x-until", "since", "until"}
    used = {node[key] for _, node in nodes(load_schema("assistant")) for key in spans & node.keys()}
    assert used <= set(known_contracts())


def test_keys_of_list_elements_exist() -> None:
    keyed = {path: node for path, node in nodes(load_schema("assistant")) if "x-key" in node}
    assert [path for path, node in keyed.items() if node["x-key"] not in node["items"]["properties"]] == []


def test_every_annotation_is_explained() -> None:
    used = {key for _, node in nodes(load_schema("assistant")) for key in node if key.startswith("x-")}
    explained = set(re.findall(r"^\| `(x-[a-z-]+)`", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    assert used == explained


@pytest.mark.parametrize(
    ("version", "own", "other_from_later"),
    [
        ("0.2", {"until_later", "until_0_4", "other_from_later"}, "string"),
        ("0.4", {"since_0_4", "until_later", "until_0_4", "other_from_later"}, "string"),
        (LATER, {"since_later", "since_0_4", "until_later", "other_from_later"}, "integer"),
    ],
)
def test_contracts_are_ordered_by_number(version: str, own: set[str], other_from_later: str) -> None:
    master = schema_with_later_contract()
    fields = json.loads(views(master)[f"contract-{version}.schema.json"])["properties"]
    added = master["properties"].keys() - load_schema("assistant")["properties"].keys()
    assert fields.keys() & added == own
    assert fields["other_from_later"]["type"] == other_from_later


def test_views_come_oldest_contract_first() -> None:
    versions = ["0.0", "0.1", "0.2", "0.4", LATER, "any"]
    assert list(views(schema_with_later_contract())) == [f"contract-{version}.schema.json" for version in versions]
