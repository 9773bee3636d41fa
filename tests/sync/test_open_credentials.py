"""Credentials that a file holds as plain text: lint complains, and no plan repeats them."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.field_diff import field_changes, lost_changes, sent_changes
from revox_sync.sync.model.lock import LockEntry

ROOT = assistant_node()
PASSWORD = "https://me:canary@a.example.com/hook"  # noqa: S105 - what is looked for
MASKED = "https://me:(sensitive)@a.example.com/hook"
TOKEN = "https://a.example.com/?token=canary0123456789abcd"  # noqa: S105 - what is looked for


def changed(before: Any, after: Any) -> list[tuple[str, Any, Any, bool]]:
    found = field_changes(before, after, ROOT, "")
    return [(each.path, each.before, each.after, each.sensitive) for each in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("https://b", PASSWORD, ("webhook_url", "https://b", MASKED, False)),
        (PASSWORD, "https://b", ("webhook_url", MASKED, "https://b", False)),
        (PASSWORD, PASSWORD.replace("canary", "canary2"), ("webhook_url", None, None, True)),
        ("https://b", TOKEN, ("webhook_url", "https://b", "https://a.example.com/?token=(sensitive)", False)),
        (None, "https://a.example.com/?page=2", ("webhook_url", None, "https://a.example.com/?page=2", False)),
    ],
)
def test_only_the_credential_is_masked(before: Any, after: Any, expected: tuple[str, Any, Any, bool]) -> None:
    assert changed({"webhook_url": before}, {"webhook_url": after}) == [expected]


def test_entries_of_lists_and_their_names_too() -> None:
    entry = {"question": f"Is it {PASSWORD}?", "answer": f"No, {TOKEN}."}
    assert "canary" not in repr(changed({"faq_items": []}, {"faq_items": [entry]}))
    assert "canary" not in repr(changed({"faq_items": [entry]}, {"faq_items": [entry | {"answer": "No."}]}))


def test_what_is_new_and_what_is_lost() -> None:
    body = {"webhook_url": PASSWORD, "faq_items": [{"question": "q", "answer": TOKEN}]}
    found = [*sent_changes({}, body, ROOT), *lost_changes(body, LockEntry("asst_1", "A", {}), ROOT)]
    assert len(found) == 4
    assert "canary" not in repr(found)
