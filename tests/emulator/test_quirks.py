from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from revox_sync.emulator.quirks import QUIRK_KINDS, Quirks, written

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"


@pytest.mark.parametrize(
    ("texts", "quirks"),
    [
        ([], Quirks()),
        (["merge-patch", "nfc"], Quirks(merge_patch=True, nfc=True)),
        (["list-lag:2", "read-lag:0.5"], Quirks(list_lag=2, read_lag=0.5)),
        (["page:2"], Quirks(page=2)),
        (["drop:voice.speed", "drop:logo_url"], Quirks(drop=("voice.speed", "logo_url"))),
        (["ignore-on-create:a,b.c"], Quirks(ignore_on_create=("a", "b.c"))),
        (["item-key:category", "item-key:owner"], Quirks(item_key=("category", "owner"))),
    ],
)
def test_quirks_as_texts(texts: list[str], quirks: Quirks) -> None:
    assert Quirks.parse(texts) == quirks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("flood", "no quirk `flood`; known: merge-patch, list-lag, "),
        ("", "no quirk ``; known: "),
        ("nfc:", "`nfc:` is not written nfc$"),
        ("respell:times", "`respell:times` is not written respell$"),
        ("list-lag", "`list-lag` is not written list-lag:S"),
        ("list-lag:", "is not written list-lag:S"),
        ("list-lag:soon", "is not written list-lag:S"),
        ("list-lag:-1", "seconds of `list-lag` must be a number from 0 to 3600"),
        ("read-lag:nan", "seconds of `read-lag` must be a number from 0 to 3600"),
        ("page:1.5", "is not written page:N"),
        ("page:0", "whole number from 1"),
        ("drop", r"is not written drop:FIELD\[,FIELD\]"),
        ("drop:", r"is not written drop:FIELD\[,FIELD\]"),
        ("thin-create:name,", r"is not written thin-create:FIELD\[,FIELD\]"),
        ("item-key:", "is not written item-key:NAME"),
        ("item-key:a.b", "letters, digits and underscores"),
    ],
)
def test_no_quirk(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Quirks.parse([text])


@pytest.mark.parametrize("text", ["nfc", "page:2", "list-lag:1"])
def test_a_quirk_with_one_meaning_is_named_once(text: str) -> None:
    with pytest.raises(ValueError, match="is named twice; name it once"):
        Quirks.parse([text, text])


def test_every_kind_is_a_habit() -> None:
    assert [kind.replace("-", "_") for kind in QUIRK_KINDS] == [habit.name for habit in fields(Quirks)]


def table(heading: str) -> list[str]:
    """First cells of the table below a heading of the page, without header."""
    section = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [row.split("|")[1].strip().strip("`") for row in rows]


def test_the_documentation_has_a_table_of_all() -> None:
    assert table("Quirks") == [written(kind) for kind in QUIRK_KINDS]


@pytest.mark.parametrize(("quirks", "seconds"), [({}, 0), ({"list_lag": 2}, 2), ({"list_lag": 2, "read_lag": 3}, 3)])
def test_the_longest_lag(quirks: dict[str, Any], seconds: float) -> None:
    assert Quirks(**quirks).longest_lag == seconds
