"""What is found without comparing must be what comparing finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.sync.comparing.differences import differences
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.values.secret import Secret
from tests.call_counts import call_counts
from tests.strategies import assistants
from tests.sync.comparing.leaf_states import ROOT, UNSEEN, VOICE, entry

FAQ = [{"question": "q", "answer": "a"}]
WHOLE = {"name": "A", "prompt": "Hi", "voice": VOICE, "faq_items": FAQ, "slack": {}}


def both(declared: Any, server: Any, known: Any) -> tuple[Any, Any]:
    found = tuple(leaf for leaf in compare(declared, server, known, ROOT) if leaf.state is not LeafState.IN_SYNC)
    return differences(declared, server, known, ROOT), found


def edited(server: dict[str, Any], edit: str) -> Any:
    """The server's object after an edit."""
    match edit:
        case "another field":
            return server | {"sms_template": "edited"}
        case "a key of each mapping":
            return {key: {**child, "own": 1} if isinstance(child, dict) else child for key, child in server.items()}
        case "a key of each entry":
            return {
                key: [{**each, "own": 1} if isinstance(each, dict) else each for each in child]
                if isinstance(child, list)
                else child
                for key, child in server.items()
            }
        case "true for 1":
            return {key: True if child == 1 else child for key, child in server.items()}
        case "no last field":
            return dict([*server.items()][:-1])
    return server


EDITS = ["another field", "a key of each mapping", "a key of each entry", "true for 1", "no last field", "nothing"]


@given(assistants(), assistants(), assistants(), st.sampled_from([*EDITS, "another assistant"]))
def test_nothing_is_missed(declared: Any, other: Any, then: Any, edit: str) -> None:
    declared, other, then = (wrap_schema_secrets(each, ROOT) for each in (declared, other, then))
    server = other if edit == "another assistant" else edited(declared, edit)
    for known in (None, entry(declared, server), entry(then, server), replace(entry(then, then), outdated=True)):
        quick, compared = both(declared, server, known)
        assert quick == compared


@pytest.mark.parametrize(
    ("declared", "server", "known"),
    [
        (WHOLE, WHOLE | {"name": "B"}, entry(WHOLE, WHOLE)),
        (WHOLE, WHOLE | {"voice": {**VOICE, "speed": 1.2}}, entry(WHOLE, WHOLE)),
        (WHOLE, WHOLE | {"faq_items": [{**FAQ[0], "answer": "b"}]}, entry(WHOLE, WHOLE)),
        (WHOLE, {**WHOLE, "prompt": None}, entry(WHOLE, WHOLE)),
        # The file dropped a key that the server still has, and one that is gone there as well.
        (WHOLE, WHOLE | {"voice": VOICE | {"volume": 1}}, entry(WHOLE | {"voice": VOICE | {"volume": 1}}, WHOLE)),
        (WHOLE, WHOLE, entry(WHOLE | {"sms_template": "x"}, WHOLE)),
        (WHOLE | {"webhook_url": Secret("new")}, WHOLE | {"webhook_url": Secret("old")}, entry(WHOLE, WHOLE)),
        (WHOLE | {"webhook_url": Secret("one")}, WHOLE | {"webhook_url": Secret(None)}, entry(WHOLE, WHOLE)),
        # Two secrets that nobody has read are not known to be one, wherever they are.
        (WHOLE | {"webhook_url": Secret(None)}, WHOLE | {"webhook_url": Secret(None)}, entry(WHOLE, WHOLE)),
        (WHOLE | {"slack": [{"url": Secret(None)}]}, WHOLE | {"slack": [{"url": Secret(None)}]}, entry(WHOLE, WHOLE)),
        (WHOLE | {"voice": VOICE | {"speed": 1}}, WHOLE | {"voice": VOICE | {"speed": True}}, entry(WHOLE, WHOLE)),
        (WHOLE, WHOLE | {"voice": None}, entry(WHOLE, WHOLE)),
        (WHOLE | {"voice": {}}, WHOLE | {"voice": None}, entry(WHOLE, WHOLE)),
        (WHOLE | {"voice": {}}, WHOLE | {"voice": "x"}, entry(WHOLE, WHOLE)),
        (WHOLE | {"voice": None}, WHOLE | {"voice": {}}, entry(WHOLE, WHOLE)),
        (WHOLE, WHOLE, replace(entry(WHOLE, WHOLE), leaves={**entry(WHOLE, WHOLE).leaves, ("webhook_url",): None})),
        (WHOLE, WHOLE, replace(entry(WHOLE, WHOLE), secrets=frozenset({("faq_items", 0, "answer")}))),
        (WHOLE, WHOLE, replace(entry(WHOLE, WHOLE), leaves={("prompt",): UNSEEN})),
    ],
)
def test_one_difference_is_found(declared: Any, server: Any, known: Any) -> None:
    quick, compared = both(declared, server, known)
    assert quick == compared


def test_what_is_alike_is_not_taken_apart() -> None:
    """Nearly every assistant of nearly every plan."""
    known, server = entry(WHOLE, WHOLE), WHOLE | {"sms_template": "x", "voice": VOICE | {"volume": 1}}
    found = call_counts(lambda: differences(WHOLE, server, known, ROOT))
    assert found["compare"] == found["means_the_same"] == found["canonical"] == 0
    assert call_counts(lambda: differences(WHOLE, {**server, "name": "B"}, known, ROOT))["compare"] == 1
