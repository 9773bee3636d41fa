"""Field groups written into files: what changes in the text, and what is left with which reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from revox_sync.source.documents.document import Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.sync.model.pull_report import Left
from revox_sync.sync.pulling.edits import PullEditor
from revox_sync.sync.pulling.field_groups import FieldGroup, UndeclaredField
from revox_sync.sync.pulling.file_spelling import ABSENT

FILES: Mapping[str, str] = {
    "a.yaml": """\
# Anna calls back.
name: Anna
prompt: !file a.md
first_sentence: !var greeting  # for all
end_of_call_sentence: Bye # short
voice: {provider: cartesia, id: v1}
""",
    "a.md": "Hello.\n",
}
VARIABLES: Mapping[str, Any] = {"greeting": "Hi"}
BYE = FieldGroup(("end_of_call_sentence",), "Goodbye")
GREETING = FieldGroup(("first_sentence",), "Welcome")
ELSEWHERE = "comes from `!var`: change it there, or use --inline to write it into this assistant's own file"


def editor(*, inline: bool = False, own: bool = True, refused: str = "") -> PullEditor:
    """The editor of `a.yaml`; `refused` is a word that no file may hold."""
    loader = Loader(MemoryTree(dict(FILES)), variables=dict(VARIABLES), environ=None)

    def check(texts: Mapping[str, str]) -> str | None:
        return f"{refused} is not allowed" if refused and any(refused in text for text in texts.values()) else None

    return PullEditor(loader.load("a.yaml"), loader, lambda _: own, check, inline=inline)


# A group; the line that takes the place of another one.
WRITTEN = [
    (BYE, "end_of_call_sentence: Bye # short", "end_of_call_sentence: Goodbye # short"),
    (FieldGroup(("voice", "id"), "v2"), "{provider: cartesia, id: v1}", "{provider: cartesia, id: v2}"),
    (FieldGroup(("end_of_call_sentence",), ABSENT), "end_of_call_sentence: Bye # short\n", "# short\n"),
]


@pytest.mark.parametrize(("group", "before", "after"), WRITTEN)
def test_nothing_but_the_value_changes(group: FieldGroup, before: str, after: str) -> None:
    draft = editor().draft([group])
    assert (draft.groups, draft.left) == ((group,), ())
    assert draft.texts == {"a.yaml": FILES["a.yaml"].replace(before, after)}


def test_nothing_to_write() -> None:
    draft = editor().draft([])
    assert (draft.texts, draft.groups, draft.left) == ({}, (), ())


def test_a_text_file_of_this_assistant_alone_is_written() -> None:
    prompt = FieldGroup(("prompt",), "Good morning.\n")
    assert editor().draft([prompt]).texts == {"a.md": "Good morning.\n"}
    (left,) = editor(own=False).draft([prompt]).left
    assert left.reason.startswith("comes from a file that is, or may be, used elsewhere too")


def test_what_comes_from_elsewhere_stays_with_its_place() -> None:
    draft = editor().draft([GREETING, BYE])
    assert draft.groups == (BYE,)
    assert draft.left == (Left("first_sentence", ELSEWHERE, "a.yaml:4", differs=True),)


def test_inline_writes_it_here() -> None:
    draft = editor(inline=True).draft([GREETING])
    assert (draft.left, "first_sentence: Welcome  # for all" in draft.texts["a.yaml"]) == ((), True)


def test_one_that_is_refused_does_not_hold_back_the_others() -> None:
    voice = FieldGroup(("voice", "id"), "v9")
    draft = editor(refused="v9").draft([voice, BYE])
    assert draft.groups == (BYE,)
    assert [(left.path, left.reason, left.place) for left in draft.left] == [
        ("voice.id", "v9 is not allowed", "a.yaml:6")
    ]
    assert "Goodbye" in draft.texts["a.yaml"]


def test_what_the_file_does_not_declare_is_missed_by_nobody() -> None:
    left = editor().undeclared(UndeclaredField(("llm_model",), "is a secret", added=True))
    assert (left.path, left.reason, left.differs) == ("llm_model", "is a secret", False)
