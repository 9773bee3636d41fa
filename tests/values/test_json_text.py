from __future__ import annotations

import pytest

from revox_sync.values.json_text import MOST_COLLECTIONS, load_json


@pytest.mark.parametrize("text", ['{"a": [1, "[[["]}', b'{"a": [1, "[[["]}'])
def test_json_is_read(text: str | bytes) -> None:
    assert load_json(text) == {"a": [1, "[[["]}


@pytest.mark.parametrize("many", ["[]", "{}"])
def test_a_text_that_would_fill_the_memory_is_none(many: str) -> None:
    text = "[" + f"{many}," * MOST_COLLECTIONS + f"{many}]"
    for each in (text, text.encode()):
        with pytest.raises(ValueError, match="more than"):
            load_json(each)
