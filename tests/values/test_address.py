from __future__ import annotations

import pytest

from revox_sync.values.address import is_named, is_titled, naming


@pytest.mark.parametrize(
    ("address", "pattern", "named"),
    [
        ("sales/in", "sales/in", True),
        ("sales/in", "sales/*", True),
        ("sales/fr/in", "sales/*", True),
        ("sales/in", "*", True),
        ("sales/in", "sales", False),
        ("sales/in", "Sales/*", False),
        ("a[1]", "a[1]", True),
        ("a1", "a[1]", True),
    ],
)
def test_what_a_pattern_names(address: str, pattern: str, named: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_named(address, pattern) is named


def test_the_first_pattern_is_told() -> None:
    assert naming("sales/in", ["support", "sales/*", "*"]) == "sales/*"
    assert naming("sales/in", []) is None


@pytest.mark.parametrize(
    ("title", "pattern", "named"),
    [
        ("[TEST] Bot", "[TEST] *", True),
        ("[TEST] Bot", "[TEST] Bot", True),
        ("Demo 1", "Demo [0-9]", True),
        ("T Bot", "[TEST] Bot", True),
        ("Bot", "[TEST] *", False),
    ],
)
def test_brackets_of_a_name(title: str, pattern: str, named: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_titled(title, pattern) is named
