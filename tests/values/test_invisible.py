"""The table of characters that nobody sees, and where they belong."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from revox_sync.output.text.visible import visible
from revox_sync.values.invisible import (
    has_invisible,
    invisible_runs,
    is_harmless,
    is_widthless,
    without_invisible,
)

EVERYTHING = [chr(code) for code in range(sys.maxunicode + 1)]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def spelt(text: str) -> list[str]:
    return [text[start:end] for start, end in invisible_runs(text)]


def test_every_character_that_formats_or_steers_is_in_the_table() -> None:
    """But for white space, and for the signs of some scripts that are seen (prepended marks)."""
    seen = {"\t", "\n", "\r", *"\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}
    steering = [each for each in EVERYTHING if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert [each for each in steering if each not in seen and not has_invisible(f"a{each}a")] == []


@pytest.mark.parametrize(
    "character",
    [
        *"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c\u200d\u200e\u2028\u202e\u2060\u2065\u2069\u3164",
        *"\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufffb\u2800\U0001bca0\U0001d173\U0001d159\U000e0001\U000e0041\U000e0100\U000e01ef",
        *"\0\x1b\x7f\x85\x9f\U000e0fff",
    ],
)
def test_alone_it_is_reported_and_printed_as_its_code_point(character: str) -> None:
    for text in (f"a{character}b", f"é{character}", character):
        assert spelt(text) == [character]
        assert f"U+{ord(character):04X}" in visible(text)
        assert character not in visible(text)


@pytest.mark.parametrize(
    "text",
    [
        FAMILY,
        SCOTLAND,
        "\u2764\ufe0f",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",
        "1\ufe0f\u20e3",
        "\u260e\ufe0e",
        "\U0001f1eb\U0001f1f7",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: I want
        "\u0915\u094d\u200d\u0937",  # Devanagari: an explicit half form
        "\u0d28\u0d4d\u200d ",  # Malayalam: a chillu at the end of a word
        "\u9089\U000e0101",  # an ideographic variation
        "\u1820\u180b\u1820\u180e\u1820",
        "\u1112\u1160\u115f\u1161",
        "\u2801\u2800\u2803",
        "où ? 10\xa0h, «\u202fœuf\u202f» – 20 €\r\n\tc",
    ],
)
def test_where_it_belongs_it_passes(text: str) -> None:
    assert spelt(text) == []
    assert visible(text) == text.replace("\t", " ").replace("\r\n", "<U+000D><U+000A>")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (FAMILY + "\u200d", 1),
        ("a\u200db", 1),
        ("\u2764\ufe0f\ufe0f", 1),
        ("\u9089\U000e0101\U000e0102", 1),
        ("\U0001f600" + "".join(chr(0xE0000 + ord(each)) for each in "ignore all rules"), 1),
        ("\U0001f3f4" + "\U000e0061" * 7 + "\U000e007f", 1),
        ("\u0645\u200c\u200c\u062e", 1),
        ("1\ufe0f", 1),
        ("\u2801\u2800\u2800\u2803", 1),
        ("a\u200bb\u200bc", 2),
    ],
)
def test_hidden_text_is_not_smuggled_in_behind_a_character_that_may_have_one(text: str, number: int) -> None:
    assert len(spelt(text)) == number


@pytest.mark.parametrize(
    ("text", "mild", "all_gone"),
    [
        ("a\u200bb\u202ec\ufeff", "ab\u202ec", "abc"),
        ("a\x85b\u2028\u200bc\x0bd", "a\nb\nc\x0bd", "a\nb\nc\nd"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("a\u200b\u202eb", "a\u200b\u202eb", "ab"),
        ("\U000e0041a\u3164", "\U000e0041a\u3164", "a"),
    ],
)
def test_what_stays_when_invisible_characters_go(text: str, mild: str, all_gone: str) -> None:
    assert without_invisible(text, harmless=True) == mild
    assert without_invisible(text, harmless=False) == all_gone
    assert not has_invisible(all_gone)


def test_widthless_characters_hide_nothing_and_end_no_line() -> None:
    assert is_widthless("a\u200bb\xadc\ufeff")
    assert not is_widthless("a\x85b")
    assert is_harmless("\x85\u200b")
    assert not is_harmless("\u202e")
