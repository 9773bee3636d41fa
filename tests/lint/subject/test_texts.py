from __future__ import annotations

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.subject.texts import Texts, local_names


def texts_of(value: object) -> Texts:
    return Texts(value, ())


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("{{a}} {{ b c }}", [("{{a}}", True), ("{{ b c }}", True)]),
        ("{{a}", [("{{a}", False)]),
        ("{{{a}}}", [("{{{a}}}", True)]),
        ("{{#a}} {}", [("{{#a}}", False), ("{}", False)]),
        ("no braces }}", []),
    ],
)
def test_braces(prompt: str, expected: list[tuple[str, bool]]) -> None:
    found = texts_of({"prompt": prompt}).braces
    spans = [braces.span(3) for braces in found]
    assert [(prompt[start:end], braces.is_placeholder) for (start, end), braces in zip(spans, found, strict=True)] == (
        expected
    )


def test_texts_by_what_the_schema_says() -> None:
    value = {"prompt": "Hi {{a}}", "webhook_url": "https://x", "voicemail_message": "Bye", "strange": "{{b}}", "n": 1}
    texts = texts_of(value)
    assert [text.pointer for text in texts.anywhere] == [(key,) for key in value if key != "n"]
    assert [text.pointer for text in texts.known] == [("prompt",), ("webhook_url",), ("voicemail_message",)]
    assert [text.text for text in texts.known if text.node.url] == ["https://x"]
    assert [text.text for text in texts.known if text.node.spoken] == ["Bye"]
    assert texts.placeholder_names == {"a"}
    assert [(text.pointer, [braces.name for braces in found]) for text, found in texts.placeholders] == [
        (("prompt",), ["a"])
    ]


def test_hidden_texts_are_left_out_and_broken_files_have_none() -> None:
    assert Texts({"prompt": "Hi", "name": "A"}, {("prompt",): 1}).joined == "A"
    assert texts_of(None).anywhere == []


def test_the_state_of_the_visual_editor_is_not_known() -> None:
    cosmetic = [name for name, node in assistant_node().properties.items() if node.impact == "cosmetic"]
    value = {name: {"prompt": "Hi"} for name in cosmetic}
    assert cosmetic
    assert texts_of(value).known == []


def test_names_that_only_one_text_knows() -> None:
    tool = {"name": "t", "url": "https://x", "input_schema": [{"name": "topic"}, {"name": 3}, "odd"]}
    value = {"prompt": "Hi", "custom_tools": [tool], "structured_output_prompt": "Read"}
    names = {text.pointer[-1]: local_names(value, text) for text in texts_of(value).known}
    assert names["prompt"] == set()
    assert names["url"] >= {"topic"}
    assert "transcript" in names["structured_output_prompt"]
