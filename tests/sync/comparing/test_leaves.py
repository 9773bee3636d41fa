from __future__ import annotations

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.leaves import leaves


def test_scalars_nulls_empty_mappings_and_lists_are_leaves() -> None:
    declared = {
        "x_unknown": 1,
        "faq_items": [{"question": "a", "answer": "b"}],
        "voice": {"speed": 1.1, "id": "v"},
        "slack": None,
        "position": {},
        "name": "a",
        "id": "read-only",
    }
    assert list(leaves(declared, assistant_node()).items()) == [
        (("name",), "a"),
        (("voice", "id"), "v"),
        (("voice", "speed"), 1.1),
        (("faq_items",), [{"question": "a", "answer": "b"}]),
        (("slack",), None),
        (("position",), {}),
        (("x_unknown",), 1),
    ]
