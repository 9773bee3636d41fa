"""Equal texts are one object, and nothing else changes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from revox_sync.values.secret import Secret
from revox_sync.values.shared_texts import with_shared_texts, with_texts_shared_inside

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def texts(value: Any) -> list[str]:
    """Every key and text, in order."""
    if isinstance(value, dict):
        return [text for key, child in value.items() for text in (key, *texts(child))]
    if isinstance(value, list):
        return [text for child in value for text in texts(child)]
    return [value] if isinstance(value, str) else []


@given(JSON)
def test_the_value_stays_the_same(value: Any) -> None:
    assert repr(with_shared_texts(value)) == repr(value)


@given(JSON)
def test_equal_texts_are_one_object(value: Any) -> None:
    first, second = (with_shared_texts(json.loads(json.dumps(value))) for _ in range(2))
    assert all(one is other for one, other in zip(texts(first), texts(second), strict=True))


def test_a_parser_shares_texts_of_mappings_as_it_goes() -> None:
    document = json.dumps({"prompt": "You are Ann.", "voice": {"id": "v 1", "speed": 1.5}})
    first, second = (json.loads(document, object_hook=with_texts_shared_inside) for _ in range(2))
    assert first == second == json.loads(document)
    assert [id(text) for text in texts(first)] == [id(text) for text in texts(second)]


def test_a_secret_stays_the_object_it_is() -> None:
    secret = Secret("hidden")
    assert with_shared_texts({"webhook_url": secret})["webhook_url"] is secret
