"""How JSON reports are written."""

from __future__ import annotations

import json
from dataclasses import dataclass

from revox_sync.output.markup.json import filled, json_document, json_text, record


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    reason: str | None = None
    hint: str = ""
    files: tuple[str, ...] = ()
    grown: int = 0
    written: bool = False


def test_a_document_says_first_what_it_is() -> None:
    text = json_document("lint", findings=[])
    assert list(json.loads(text).items()) == [("format", "revox-sync/lint"), ("version", 1), ("findings", [])]


def test_json_is_ascii_and_ends_its_last_line() -> None:
    text = json_text({"name": "é\u202e\x1b"})
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text) == {"name": "é\u202e\x1b"}


def test_a_record_leaves_out_what_has_no_value() -> None:
    # An empty list, zero and False are values.
    assert record(Sample("a")) == {"name": "a", "files": (), "grown": 0, "written": False}
    assert record(Sample("a", "why", "try")) | {} == {
        "name": "a",
        "reason": "why",
        "hint": "try",
        "files": (),
        "grown": 0,
        "written": False,
    }


def test_filled_leaves_out_empty_members() -> None:
    assert filled(id=None, notes=(), error="", name="a") == {"name": "a"}
