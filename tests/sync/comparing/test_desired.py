from __future__ import annotations

import json

import pytest

from revox_sync.errors import ConfigError
from revox_sync.remote.http.response import Answer, document
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.sync.comparing.desired import Desired, desire, require_variables
from revox_sync.values.secret import Secret

TEXT = "name: A\nprompt: x\nwebhook_url: !env HOOK\n"
MODEL = "name: B\nprompt: x\nllm_model: {type: custom, api_key: literal, api_url: !env URL}\n"


def load(text: str, **environ: str) -> Document:
    return Loader(MemoryTree({"a.yaml": text.encode()}), variables={}, environ=environ).load("a.yaml")


def test_secrets_are_wrapped() -> None:
    (found,) = desire([("b", load(MODEL, URL="https://llm"))])
    assert found == Desired("b", "B", found.declared)
    model = found.declared["llm_model"]
    assert (model["api_key"], model["api_url"]) == (Secret("literal"), Secret("https://llm", "URL"))


def test_every_unset_variable_is_named_with_its_assistant() -> None:
    found = desire([("a", load(TEXT)), ("b", load(MODEL)), ("c", load("name: C\nprompt: x\n"))])
    assert [each.unset for each in found] == [("HOOK",), ("URL",), ()]
    with pytest.raises(ConfigError) as caught:
        require_variables(found)
    assert caught.value.message == "environment variables are not set or empty: `HOOK` (a), `URL` (b)"
    require_variables(found[2:])


def test_what_a_file_and_an_answer_say_is_kept_once() -> None:
    (found,) = desire([("a", load("name: A\nprompt: |\n  You are Ann.\nvoice: {id: v 1}\n"))])
    answer = Answer(200, {}, bytearray(json.dumps(found.declared).encode()))
    value = document("GET /assistants/1", answer)
    assert value == found.declared
    assert value["prompt"] is found.declared["prompt"]
    assert value["voice"]["id"] is found.declared["voice"]["id"]
    assert not answer.body


def test_set_variables_are_fine() -> None:
    assert [each.address for each in desire([("a", load(TEXT, HOOK="https://h"))])] == ["a"]
    assert desire([]) == []
