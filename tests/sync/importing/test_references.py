"""Ids inside texts are told by the shape of those that are known."""

from __future__ import annotations

import pytest

from revox_sync.sync.importing.references import id_shape, named_ids

OWN = "asst_0a1b2c3d"
UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (OWN, "asst_ffffffff", True),
        (OWN, "call_ffffffff", False),
        (OWN, "asst_ffffffff0", False),
        (UUID, "00000000-0000-0000-0000-000000000000", True),
        (UUID, UUID.replace("-", ""), False),
        ("cm3x9f2k10000", "cm3x9f2k19999", True),
    ],
)
def test_shapes(one: str, other: str, alike: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (id_shape(one) == id_shape(other)) is alike


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("asst_11111111", ["asst_11111111"]),
        ("Hand over to asst_11111111, or (asst_22222222).", ["asst_11111111", "asst_22222222"]),
        ("asst_11111111 asst_11111111", ["asst_11111111"]),
        (f"{OWN} is known", []),
        ("asst_1111 call_11111111 asst_deadbeef9", []),
        ("", []),
    ],
)
def test_ids_in_a_text(text: str, found: list[str]) -> None:
    assert [key for key, _ in named_ids({"prompt": text}, [OWN], frozenset({id_shape(OWN)}))] == found


def test_the_first_place_is_told() -> None:
    fields = {"prompt": "x", "prompt_flow": {"nodes": [{"data": {"body": "asst_11111111"}}]}, "z": ["asst_11111111"]}
    (found,) = named_ids(fields, [], frozenset({id_shape(OWN)}))
    assert found == ("asst_11111111", ("prompt_flow", "nodes", 0, "data", "body"))


def test_a_word_is_no_id() -> None:
    assert list(named_ids({"prompt": "assistant abcdefgh"}, [], frozenset({id_shape("abcdefgh")}))) == []


def test_what_the_server_sets_names_no_assistant() -> None:
    other = "asst_11111111"
    ours = {"faq_items": [{"id": other, "question": "Q", "answer": "A"}], "created_by": {"id": other}, "id": other}
    assert list(named_ids(ours, [], frozenset({id_shape(OWN)}))) == []
    later = {"handoff": {"assistant_id": other}}  # a field that no contract knows
    assert [key for key, _ in named_ids(later, [], frozenset({id_shape(OWN)}))] == [other]
