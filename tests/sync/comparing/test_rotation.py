"""Seals: what makes two of them differ, and what nobody can tell."""

from __future__ import annotations

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret

KEY: Pointer = ("llm_model", "api_key")
SEALER = Sealer(Secret("key-1"))


def sealed(value: Value, *, sealer: Sealer = SEALER, owner: str = "asst_1", at: Pointer = KEY) -> str | None:
    return sealer.seal(owner, at, value, assistant_node().at(at))


def tools(*pairs: tuple[str, str]) -> Value:
    return [{"name": name, "headers": [{"key": "A", "value": Secret(value)}]} for name, value in pairs]


def test_equal_values_have_equal_seals() -> None:
    seal = sealed(Secret("a", "ONE"))
    assert seal is not None
    assert seal == sealed(Secret("a", "TWO")) == sealed(Secret("a"), sealer=Sealer(Secret("key-1")))
    assert not SEALER.is_broken(seal, seal)
    assert "a" not in seal.partition(":")[2] or len(seal) == 41


@pytest.mark.parametrize(
    "other",
    [
        sealed(Secret("b")),
        sealed(Secret("a"), owner="asst_2"),
        sealed(Secret("a"), at=("webhook_url",)),
    ],
)
def test_value_place_and_assistant_count(other: str) -> None:
    assert SEALER.is_broken(sealed(Secret("a")), other)


def test_entries_of_a_list_count_by_name() -> None:
    at: Pointer = ("custom_tools",)
    one, turned = (sealed(tools(*pairs), at=at) for pairs in ((("x", "1"), ("y", "2")), (("y", "2"), ("x", "1"))))
    assert one == turned
    assert one != sealed(tools(("x", "2"), ("y", "1")), at=at)


def test_what_nobody_can_tell() -> None:
    mine = sealed(Secret("a"))
    assert not SEALER.is_broken(None, mine)
    assert not SEALER.is_broken(mine, None)
    assert not SEALER.is_broken(sealed(Secret("a"), sealer=Sealer(Secret("key-2"))), sealed(Secret("b")))
    assert sealed("no secret") is None
    assert sealed(Secret(None, "UNREAD")) is None
