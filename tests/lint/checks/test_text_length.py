from __future__ import annotations

import pytest

from revox_sync.lint.checks.text_length import UNITS, filled_in, first_outside_gsm, message_count, speaking_seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("é" * 160, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_number_of_text_messages(text: str, expected: int) -> None:
    assert message_count(text) == expected


def test_a_placeholder_counts_ten_characters() -> None:
    assert len(filled_in("Hi {{a_very_long_name_of_a_variable}}!")) == 14
    assert speaking_seconds("x" * 150) == 10


@pytest.mark.parametrize(("text", "expected"), [("Hello {€}", ""), ("Élan, fête", "ê"), ("", "")])
def test_first_character_outside_the_alphabet_of_text_messages(text: str, expected: str) -> None:
    assert first_outside_gsm(text) == expected


def test_every_unit_holds_a_character_at_least() -> None:
    texts = ("x" * 400, "ê" * 400, "€" * 400)
    assert all(measure(text) <= len(text) for measure in UNITS.values() for text in texts)
