from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import Node, assistant_node, element_of
from revox_sync.sync.comparing.canonical import (
    DIGEST_VERSION,
    canonical,
    equal,
    equal_exactly,
    identity,
    known_part,
    sorted_leaves,
    value_digest,
)
from revox_sync.sync.comparing.forms import equal_loosely
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import MASK, Secret
from tests.strategies import assistants

ROOT = assistant_node()
HUGE = 1 << 20_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
VALID = st.one_of(assistants(), JSON)


def at(*pointer: str | int, value: object = None) -> Node:
    node = ROOT.at(pointer, value)
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (0, -0.0, True),
        (0.1, 0.1, True),
        (0.30000000000000004, 0.3, False),
        (2**53, 2**53 + 1, False),
        (2**53, float(2**53), True),
        (math.inf, math.inf, True),
        (math.inf, 10**309, False),
        ("a\r\nb", "a\nb", True),
        ("a\n\n", "a", True),
        ("a \t\n ", "a", True),
        ("  \n", "", True),
        ("\r\n \t\n\na", "a", True),
        ("\n a", " a", True),
        ("\n a", "a", False),
        ("\ra\r", "a", True),
        ("a\n\nb", "a\nb", False),
        (" a", "a", False),
        ("a  b", "a b", False),
        ("a \nb", "a\nb", False),
        ("A", "a", False),
        ("1", 1, False),
        ("\ud800", "\ud800", True),
        (None, {}, False),
        ({"a": None}, {}, True),
        ({"a": {"b": None}}, {"a": {}}, True),
        ([None], [], False),
        ([1, 2], [2, 1], False),
        ([True], [1], False),
        ({"a": [1.0]}, {"a": [1]}, True),
    ],
)
def test_equality_of_values_the_schema_knows_nothing_about(left: Any, right: Any, expected: bool) -> None:  # noqa: FBT001 — a column of the table
    assert equal(left, right, None) is expected
    assert (value_digest(left, None) == value_digest(right, None)) is expected


@pytest.mark.parametrize(
    ("left", "right", "exactly"),
    [
        ({"a": [1, "x"]}, {"a": [1, "x"]}, True),
        ({"a": 1}, {"a": 1.0}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, 2], [1, 2, 3], False),
        ([1, 2], [1, 3], False),
        ([True], [1], False),
        ([True, "a", None], [True, "a", None], True),
    ],
)
def test_what_is_equal_to_the_letter(left: Any, right: Any, *, exactly: bool) -> None:
    assert equal_exactly(left, right) is equal_exactly(right, left) is exactly


def test_numbers_too_long_for_python_to_print_are_compared_exactly() -> None:
    assert equal([HUGE], [HUGE], None)
    assert not equal([HUGE], [HUGE + 1], None)
    assert value_digest(HUGE, None) != value_digest(-HUGE, None)


@pytest.mark.parametrize(
    ("pointer", "left", "right", "expected"),
    [
        (("slack", "outcomes"), ["none", "completed"], ["completed", "none"], True),
        (("slack", "outcomes"), ["none", "none"], ["none"], False),
        (("custom_tools",), [{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], False),
        (
            ("faq_items",),
            [{"question": "a", "answer": "1"}, {"question": "b", "answer": "2"}],
            [{"question": "b\n", "answer": "2", "id": "x"}, {"question": "a", "answer": "1", "source": None}],
            True,
        ),
        (("faq_items",), [{"question": "a", "answer": "1"}], [{"question": "a", "answer": "2"}], False),
        (
            ("email_notification_address",),
            "Ops@Example.com ,team@example.org",
            "ops@example.com, team@example.org",
            True,
        ),
        (("email_notification_address",), "ops@example.com", "ops@example.org", False),
        (("sms_template",), "A, b", "a,b", False),
        (("email_notification_address",), "a@example.com, b@example.com", "b@example.com, a@example.com", False),
        ((), {"name": "a"}, {"name": "a", "id": "x", "updated_at": {}, "voice": None}, True),
    ],
)
def test_equality_where_the_schema_knows_more(pointer: Pointer, left: Any, right: Any, expected: bool) -> None:  # noqa: FBT001 — a column of the table
    assert equal(left, right, at(*pointer)) is expected


@pytest.mark.parametrize(
    ("left", "right", "are"),
    [
        ("You  are\n A.", "You are A.", True),
        ("You are A.", "you are a.", False),
        (" a", "a", True),
        ("e\u0301", "é", True),
        ([{"question": "Open? ", "answer": "Yes"}], [{"answer": "Yes", "question": "Open?"}], True),
        ([{"question": "Open?", "answer": "YES"}], [{"answer": "yes", "question": "Open?"}], False),
        ([], None, True),
        ("a", "b", False),
        ("", None, False),
        (1, 1.5, False),
        (["a", "b"], ["b", "a"], False),
    ],
)
def test_what_may_be_a_servers_form_of_the_other(left: Any, right: Any, are: bool) -> None:  # noqa: FBT001 — a column of the table
    assert equal_loosely(left, right, None) is equal_loosely(right, left, None) is are


def test_default_keys_of_list_entries_say_nothing() -> None:
    node = Node({"items": {"properties": {"kind": {"default": "x"}}}}, {})
    assert equal([{"kind": "x", "a": 1}], [{"a": 1}], node)
    assert not equal([{"kind": "y", "a": 1}], [{"a": 1}], node)
    assert not equal({"kind": "x"}, {}, node.element), "outside of lists a default is a value like any other"
    assert not equal([{"kind": "x", "a": None}], [{"a": 0}], node), "only a default is left out"
    assert equal([{"kind": "x"}, 1], [{}, 1], node)
    assert not equal([{"kind": "x"}], [{}], None)


def test_entries_of_one_name_are_sorted_by_what_is_in_them() -> None:
    node = Node({"items": {"properties": {"name": {}}}, "x-order": "free", "x-key": "name"}, {})
    one, other = {"name": "n", "a": 1}, {"name": "n", "a": 2}
    assert equal([one, other], [other, one], node)


def test_secrets_become_a_constant() -> None:
    tool = [{"name": "t", "headers": [{"key": "Authorization", "value": "Bearer canary"}]}]
    text = json.dumps(canonical(tool, at("custom_tools")))
    assert "canary" not in text
    assert MASK in text
    assert canonical(Secret("canary"), None) == MASK
    assert value_digest({"webhook_url": Secret("a")}, ROOT) == value_digest({"webhook_url": Secret("b")}, ROOT)


def test_digest_is_stable_between_releases() -> None:
    assert DIGEST_VERSION == 1, "another version asks for other digests below, and for an entry in docs/upgrade.md"
    assert value_digest({"b": 1.0, "a": ["é", None, True]}, None) == "417f269846d96be338abd95334cced6a"
    assert value_digest("A@x.com, b@x.com", at("email_notification_address")) == "0ef1b9c4750e04a0011104286feaa8c6"
    asked = [{"question": "b", "answer": "1"}, {"question": "a", "answer": "2"}]
    assert value_digest(asked, at("faq_items")) == "c0116f0b4a9721c99da5b124c163640e", "sorted by their questions"
    assert value_digest((1 << 4096) - 1, None) == "4dee274985c07db4ccbc1fe079edb18f", (
        "the longest that is kept as decimal text"
    )
    assert value_digest(1 << 4096, None) == "221cc287a78addc0fee94298c8235a1c"


LINES = st.lists(st.sampled_from(["a", " b", "", " ", "\t", "c \xa0"]), max_size=6)


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), LINES)
def test_line_ends_and_empty_lines_around_a_text_are_no_difference(
    lines: list[str], ending: str, other: list[str]
) -> None:
    """Judged line by line: the lines from the first to the last that has something in it, blanks behind it left out."""

    def told(text: list[str]) -> list[str]:
        full = [number for number, line in enumerate(text) if line.strip()]
        inner = text[full[0] : full[-1] + 1] if full else []
        return [*inner[:-1], inner[-1].rstrip()] if inner else []

    assert equal("".join(line + ending for line in lines), "\n".join(lines), None)
    assert equal(ending.join(lines), "\n".join(other), None) is (told(lines) == told(other))


@settings(max_examples=60, deadline=None)
@given(VALID)
def test_canonical_is_a_fixed_point(value: Any) -> None:
    once = canonical(value, ROOT)
    assert canonical(once, ROOT) == once


@settings(max_examples=60, deadline=None)
@given(assistants(), st.randoms(use_true_random=False))
def test_the_same_meaning_has_one_form(document: dict[str, Any], chance: random.Random) -> None:
    rewritten = rewrite(document, ROOT, chance)
    assert canonical(rewritten, ROOT) == canonical(document, ROOT)
    assert value_digest(rewritten, ROOT) == value_digest(document, ROOT)


@settings(max_examples=100, deadline=None)
@given(JSON, JSON)
def test_equal_digests_mean_the_same(left: Any, right: Any) -> None:
    assert equal(left, right, ROOT) == (value_digest(left, ROOT) == value_digest(right, ROOT))


@settings(max_examples=40, deadline=None)
@given(assistants("0.4"))
def test_wrapping_secrets_changes_no_digest(document: dict[str, Any]) -> None:
    assert value_digest(wrap_schema_secrets(document, ROOT), ROOT) == value_digest(document, ROOT)


def rewrite(value: Any, node: Node | None, chance: random.Random) -> Any:
    """The same value as another writer would write it."""
    if isinstance(value, dict):
        variant = node.branch(value) if node else None
        pairs = [(key, rewrite(child, variant.child(key) if variant else None, chance)) for key, child in value.items()]
        chance.shuffle(pairs)
        return {**dict(pairs), "an_unknown_key": None}
    if isinstance(value, list):
        entries = [rewrite(each, node.element if node else None, chance) for each in value]
        if node is not None and node.order_free:
            chance.shuffle(entries)
        return entries
    if isinstance(value, str) and not (node and (node.discriminator or "const" in node.schema)):
        return value.replace("\r\n", "\n").replace("\n", chance.choice(["\n", "\r\n"])) + chance.choice(
            ["", "\n", "\r\n", " ", " \t\n"]
        )
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return value


def test_scalars_nulls_empty_mappings_and_lists_are_leaves() -> None:
    declared = {
        "x_unknown": {"a": {"b": 1}},
        "faq_items": [{"question": "a", "answer": "b"}],
        "voice": {"speed": 1.1, "id": "v"},
        "slack": None,
        "position": {},
        "name": "a",
        "id": "read-only",
    }
    assert [leaf[:2] for leaf in sorted_leaves(declared, ROOT)] == [
        (("name",), "a"),
        (("voice", "id"), "v"),
        (("voice", "speed"), 1.1),
        (("faq_items",), [{"question": "a", "answer": "b"}]),
        (("slack",), None),
        (("position",), {}),
        (("x_unknown", "a", "b"), 1),
    ]


def test_entries_are_paired_by_their_key_or_whole() -> None:
    tools = ROOT.properties["custom_tools"]
    tool = element_of(tools)
    one = identity({"name": "a", "description": "x"}, tools.key, tool)
    assert one == identity({"name": "a", "description": "y"}, tools.key, tool)
    assert one != identity({"name": "b", "description": "x"}, tools.key, tool)
    outcomes = ROOT.properties["after_call_sms_outcomes"]
    assert identity("none", outcomes.key, element_of(outcomes)) != identity("interested", outcomes.key, None)
    # Not a mapping, although the schema wants one: it is paired whole.
    assert identity("a", tools.key, tool) != identity("b", tools.key, tool)
    assert identity({"description": "x"}, None, tool) != identity({"description": "y"}, None, tool)
    assert identity(Secret("s1"), None, None) != identity(Secret("s2"), None, None)
    assert identity(Secret(None, "A"), None, None) == identity(Secret(None, "B"), None, None), "nobody can tell"


def test_keys_that_no_contract_knows_are_left_out_where_the_schema_admits_no_others() -> None:
    tool = element_of(ROOT.properties["custom_tools"])
    entry = {"name": "a", "later": 1, "input_schema": {"any": {"name": 1}}}
    assert known_part(entry, tool) == {"name": "a", "input_schema": {"any": {"name": 1}}}
    assert known_part([entry], ROOT.properties["custom_tools"]) == [known_part(entry, tool)]
    assert known_part(entry, None) == entry
