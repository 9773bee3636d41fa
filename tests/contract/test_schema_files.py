from __future__ import annotations

import pytest

from revox_sync.contract.schema_files import load_schema, schema_names


def test_every_schema_has_a_name_and_can_be_loaded() -> None:
    assert {"assistant", "config", "contract-any"} <= set(schema_names())
    assert all(load_schema(name)["$id"] for name in schema_names())


def test_a_schema_is_read_once() -> None:
    assert load_schema("assistant") is load_schema("assistant")


@pytest.mark.parametrize("name", ["contract-9.9", "", "../schemas/assistant.schema.json"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(KeyError):
        load_schema(name)
