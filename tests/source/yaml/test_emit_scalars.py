"""What is written is read back the same: by us, and by a reader of YAML 1.1."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.emit_scalars import Layout, UneditableError, behind_key, write_flow, write_key, write_scalar
from revox_sync.values.secret import Secret

SPELLINGS: list[tuple[Value, str]] = [
    ("two words", "two words"),
    ("", '""'),
    ("yes", '"yes"'),
    ("12", '"12"'),
    ("0o7", '"0o7"'),
    ("2024-01-15", '"2024-01-15"'),
    (".inf", '".inf"'),
    ("null", '"null"'),
    ("{{name}}", '"{{name}}"'),
    ("it's", "it's"),
    ("a: b", '"a: b"'),
    ("a #b", '"a #b"'),
    ("https://x.example", "https://x.example"),
    (" x", '" x"'),
    ("tab\t", '"tab\\t"'),
    ("é\u200b", '"é\\u200b"'),
    ("\U000e0001", '"\\U000e0001"'),
    ("👩\u200d🚀", "👩\u200d🚀"),
    ("<<", '"<<"'),
    (True, "true"),
    (None, "null"),
    (1.0, "1.0"),
    (1e22, "1.0e+22"),
    (-1e-07, "-1.0e-07"),
]


@pytest.mark.parametrize(("value", "text"), SPELLINGS, ids=repr)
def test_scalars(value: Value, text: str) -> None:
    assert write_scalar(value, flow=False) == text


def test_in_brackets_more_is_quoted() -> None:
    value: Value = {"k": ["a, b", "x:y", "why?", {}], "no": []}
    assert write_flow(value) == '{k: ["a, b", "x:y", "why?", {}], "no": []}'


@pytest.mark.parametrize("value", [Secret("x"), Deferred()])
def test_what_is_not_known_is_not_written(value: Value) -> None:
    with pytest.raises(UneditableError):
        write_flow([value])


def test_a_long_key_is_not_written() -> None:
    with pytest.raises(UneditableError):
        write_key("k" * 1001, flow=False)


TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text(st.sampled_from("ab01 :-?#&*!|>'\"%@`,[]{}\n\r\t\\~_.+eExoyn=<é\u2028\x85\x00\ufeff😀"), max_size=12),
    st.sampled_from(["no", "Off", "y", "1_000", "0b1", "18:30", "1e3", "+33123456", "0x1F", "~", "...", "---", "- x"]),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none(), TEXTS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.integers(2, 4), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from([0, 8, 80]))
def test_every_value_is_read_back(value: Value, width: int, indented: bool, line_break: str, length: int) -> None:  # noqa: FBT001  hypothesis passes by name
    layout = Layout(width, width if indented else 0, line_break, length)
    for written in (behind_key(value, 0, layout), " " + write_flow(value)):
        text = f"a:{written}{line_break}"
        document = Loader(MemoryTree({"a.yaml": text}), variables=None, environ=None).load("a.yaml")
        assert {problem.kind for problem in document.problems} <= {ProblemKind.CONTROL_CHARACTER}
        assert not document.ambiguous
        assert equal_values(document.value, {"a": value})
        assert yaml.safe_load(text) == {"a": value}
