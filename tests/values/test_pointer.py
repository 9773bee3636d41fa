from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.values.pointer import Pointer, dotted, from_json_pointer, to_json_pointer, value_at


@pytest.mark.parametrize(
    ("pointer", "text", "path"),
    [
        ((), "", ""),
        (("voice", "speed"), "/voice/speed", "voice.speed"),
        (("a/b", "c~d"), "/a~1b/c~0d", '["a/b"]["c~d"]'),
        (("faq_items", 2, "answer"), "/faq_items/2/answer", "faq_items[2].answer"),
        (("voice", "a.b"), "/voice/a.b", 'voice["a.b"]'),
        (("",), "/", '[""]'),
    ],
)
def test_both_forms_of_a_pointer(pointer: Pointer, text: str, path: str) -> None:
    assert to_json_pointer(pointer) == text
    assert dotted(pointer) == path


@given(st.lists(st.text(), max_size=4).map(tuple))
def test_pointers_of_keys_survive_the_text_form(pointer: Pointer) -> None:
    assert from_json_pointer(to_json_pointer(pointer)) == pointer


@pytest.mark.parametrize("text", ["voice", "voice/speed", "/a~", "/a~2b"])
def test_other_text_is_no_pointer(text: str) -> None:
    with pytest.raises(ValueError, match="is no JSON pointer"):
        from_json_pointer(text)


@pytest.mark.parametrize(
    ("value", "pointer", "expected"),
    [
        ({"voice": {"speed": 1.1}}, ("voice", "speed"), 1.1),
        ({"voice": {"speed": 1.1}}, (), {"voice": {"speed": 1.1}}),
        ({"voice": None}, ("voice", "speed"), None),
        ({"voice": "x"}, ("voice", "speed"), None),
        ({"faq_items": [{"answer": "a"}]}, ("faq_items", 0, "answer"), "a"),
        ({"faq_items": [{"answer": "a"}]}, ("faq_items", 1, "answer"), None),
        ({"faq_items": [{"answer": "a"}]}, ("faq_items", "0"), None),
        ({"faq_items": "text"}, ("faq_items", 0), None),
    ],
)
def test_what_lies_at_a_pointer(value: object, pointer: Pointer, expected: object) -> None:
    assert value_at(value, pointer) == expected
