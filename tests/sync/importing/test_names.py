"""Addresses and variables of adopted assistants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.importing.names import MAX_ADDRESS, address_key, new_addresses, with_variables
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

ADDRESSES: Final = {
    "Support": "support",
    "Support FR – Été 2026": "support-fr-ete-2026",
    "Straße, Søren & Œuvre": "strasse-soren-oeuvre",
    "l’accueil": "l-accueil",
    "a/b\\c:d*e?f": "a-b-c-d-e-f",
    "../../etc/passwd": "etc-passwd",
    "_shared": "shared",
    ".hidden": "hidden",
    "-rf": "rf",
    "snake_case_": "snake_case",
    "plan.json": "plan-json",
    "trailing. . ": "trailing",
    "CON": "assistant-con",
    "nul": "assistant-nul",
    "Com¹": "assistant-com1",
    "com10": "com10",
    "revox-sync": "assistant-revox-sync",
    "": "assistant-81f2c0de",
    "🙂": "assistant-81f2c0de",
    "مساعد": "assistant-81f2c0de",
    "日本 Support": "support",
    "ﬁne ℡": "fine-tel",
    "x" * 200: "x" * 80,
    "a-" * 60: ("a-" * 40)[:-1],
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_address_of_a_name(name: str) -> None:
    assert new_addresses({"asst_81f2c0de99aa": name}, ()) == {"asst_81f2c0de99aa": ADDRESSES[name]}


@pytest.mark.parametrize(("key", "address"), [("asst_", "assistant"), ("🙂", "assistant"), ("A1", "assistant-a1")])
def test_an_id_may_say_little(key: str, address: str) -> None:
    assert new_addresses({key: ""}, ()) == {key: address}


@pytest.mark.parametrize(
    ("taken", "address"),
    [
        (["support"], "support-2"),
        (["SUPPORT"], "support-2"),
        (["ſupport"], "support-2"),
        (["support", "Support-2"], "support-3"),
        (["sales/support"], "support"),
    ],
)
def test_taken_addresses(taken: list[str], address: str) -> None:
    assert new_addresses({"1": "Support"}, taken) == {"1": address}


def test_a_number_fits_into_the_length() -> None:
    found = new_addresses({"1": "x" * 90, "2": "x" * 85}, ())
    assert found == {"1": "x" * 80, "2": "x" * 78 + "-2"}


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=6), st.text(max_size=100) | st.sampled_from(["A", "a", "Á", "con", "🙂"]), max_size=9
    ),
    st.sets(st.sampled_from(["a", "A-2", "con", "assistant", "é"]), max_size=3),
)
def test_addresses_are_safe_different_and_stable(names: dict[str, str], taken: set[str]) -> None:
    found = new_addresses(names, taken)
    assert found.keys() == names.keys()
    assert all(re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", each) for each in found.values())
    assert all(len(each) <= MAX_ADDRESS for each in found.values())
    assert not {"con", "nul", "com1", "revox-sync"} & set(found.values())
    assert len({*map(address_key, found.values())} | {*map(address_key, taken)}) == len(names) + len(
        {*map(address_key, taken)}
    )
    assert new_addresses(dict(reversed(names.items())), taken) == found


SECRET: Final = "hunter2"  # noqa: S105 - of no account
MODEL: Final = {"type": "custom", "api_key": SECRET}


def tool(name: str, **pairs: str) -> dict[str, Any]:
    return {"name": name, "headers": [{"key": key.replace("__", " "), "value": value} for key, value in pairs.items()]}


VARIABLES: Final[tuple[tuple[str, dict[str, Any], dict[str, Pointer]], ...]] = (
    ("support", {"llm_model": MODEL}, {"SUPPORT_LLM_MODEL_API_KEY": ("llm_model", "api_key")}),
    ("24-7", {"llm_model": MODEL}, {"_24_7_LLM_MODEL_API_KEY": ("llm_model", "api_key")}),
    (
        "a",
        {"custom_tools": [tool("look_up", Authorization=SECRET), tool("été", X__Key=SECRET)]},
        {
            "A_LOOK_UP_AUTHORIZATION": ("custom_tools", 0, "headers", 0, "value"),
            "A_ETE_X_KEY": ("custom_tools", 1, "headers", 0, "value"),
        },
    ),
    (
        "a",
        {"custom_tools": [{"name": "日本", "headers": [{"key": "k", "value": SECRET}, {"key": "K", "value": SECRET}]}]},
        {
            "A_CUSTOM_TOOLS_1_K": ("custom_tools", 0, "headers", 0, "value"),
            "A_CUSTOM_TOOLS_1_K_2": ("custom_tools", 0, "headers", 1, "value"),
        },
    ),
    ("a", {"custom_tools": [tool("t", Empty="")]}, {}),
)


@pytest.mark.parametrize(("address", "fields", "variables"), VARIABLES)
def test_variables(address: str, fields: Mapping[str, Any], variables: Mapping[str, Pointer]) -> None:
    declared, found = with_variables(
        wrap_schema_secrets(fields, assistant_node()), assistant_node(), address, frozenset()
    )
    assert found == variables
    assert {name: at(declared, pointer) for name, pointer in found.items()} == {
        name: Secret(None, name) for name in variables
    }
    assert SECRET not in repr(declared)


def test_a_variable_that_is_taken() -> None:
    taken = {"A_LLM_MODEL_API_KEY", "A_LLM_MODEL_API_KEY_2"}
    _, found = with_variables(wrap_schema_secrets({"llm_model": MODEL}, assistant_node()), assistant_node(), "a", taken)
    assert list(found) == ["A_LLM_MODEL_API_KEY_3"]


def test_an_empty_secret_stays() -> None:
    node = assistant_node()
    fields = {"custom_tools": [tool("t", Empty="")]}
    assert with_variables(wrap_schema_secrets(fields, node), node, "a", frozenset())[0] == fields


def at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value[step]
    return value
