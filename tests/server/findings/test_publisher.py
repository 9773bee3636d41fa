"""Diagnostics: the same as those of a cold lint of the same texts, whatever was typed before."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

import pytest

from tests.server.client import spot
from tests.server.conftest import FILES, RETRY, SUPPORT, Editor, cold, flat, position, random_edit, write

SUPPORT_PATH: Final = "assistants/support.yaml"
PROMPT_PATH: Final = "assistants/prompts/support.md"
RETRY_PATH: Final = "assistants/_shared/retry.yaml"


def test_a_finding(editor: Editor) -> None:
    text = SUPPORT.replace("first_sentence: Hello, this", 'first_sentence: "😀 {{a}" #')
    (found,) = [each for each in editor.open(SUPPORT_PATH, text) if each["code"] == "RVX201"]
    assert found["range"] == {"start": spot(text, "{{a}"), "end": spot(text, "{{a}", behind=True)}
    assert (found["code"], found["severity"], found["source"]) == ("RVX201", 1, "revox-sync")
    page = Path(urlparse(found["codeDescription"]["href"]).path)
    editor.open("assistants/sales.yaml")  # the page is written behind the diagnostics
    assert page.read_text("utf-8").startswith("# RVX201 malformed-placeholder")


def test_severities_and_tags(editor: Editor) -> None:
    text = (
        "name: X\nprompt: !file prompts/support.md\nfirst_sentence: Hi.\nfirst_sentence_mode: none\n"
        "transfer_phone_number: '+33199001200'\n"
    )
    found = {each["code"]: each for each in editor.open(SUPPORT_PATH, text)}
    assert (found["RVX304"]["severity"], found["RVX304"]["tags"]) == (2, [1])
    assert (found["RVX111"]["severity"], found["RVX111"]["tags"]) == (1, [2])


def test_a_prompt_is_checked_for_the_assistants_that_use_it(editor: Editor) -> None:
    text = "😀 Call {{company} first.\r\n"
    (found,) = editor.open(PROMPT_PATH, text)
    assert found["range"] == {"start": spot(text, "{{"), "end": spot(text, "{{company}", behind=True)}
    (related,) = found["relatedInformation"]
    assert (related["message"], related["location"]["uri"]) == ("included from here", editor.uri(SUPPORT_PATH))
    assert related["location"]["range"]["start"] == spot(SUPPORT, "!file")


def test_a_fragment_is_no_assistant_but_checked_where_it_is_used(editor: Editor) -> None:
    (found,) = editor.open(RETRY_PATH, RETRY.replace("3", "0", 1))
    assert found["code"] == "RVX105"
    assert {each["location"]["uri"] for each in found["relatedInformation"]} == {
        editor.uri(SUPPORT_PATH),
        editor.uri("assistants/sales.yaml"),
    }


def test_what_is_no_part_of_the_project_is_not_checked(editor: Editor) -> None:
    assert editor.open("compose.yaml") == []
    assert editor.open("assistants/_draft.yaml", "nonsense: [") == []


def test_the_configuration(editor: Editor) -> None:
    (found,) = editor.open("revox-sync.yaml", 'contract: "9"\n')
    assert "contract `9` does not exist" in found["message"]
    assert found["range"]["start"] == {"line": 0, "character": 10}
    (wrong,) = editor.edit("revox-sync.yaml", "lint: {select: [RVX999]}\n")
    assert "RVX999" in wrong["message"]
    assert editor.edit("revox-sync.yaml", FILES["revox-sync.yaml"]) == []


def test_the_configuration_counts_for_every_assistant(editor: Editor) -> None:
    editor.open("revox-sync.yaml", FILES["revox-sync.yaml"].replace("longest: 300", "other: 3"))
    found = editor.client.diagnostics(editor.uri(SUPPORT_PATH))
    assert [(each["code"], "staging" in each["message"]) for each in found] == [("RVX006", True)]
    editor.edit("revox-sync.yaml", FILES["revox-sync.yaml"])
    assert editor.client.diagnostics(editor.uri(SUPPORT_PATH)) == []


def test_unsaved_texts_are_seen_together(editor: Editor) -> None:
    editor.open(SUPPORT_PATH, SUPPORT.replace("support.md", "new.md"))
    assert [each["code"] for each in editor.edit(SUPPORT_PATH, SUPPORT.replace("support.md", "new.md"))] == ["RVX006"]
    editor.open("assistants/prompts/new.md", "Help.\n")
    assert editor.client.diagnostics(editor.uri(SUPPORT_PATH)) == []


def test_a_name_that_another_file_has(editor: Editor) -> None:
    (found,) = editor.open(SUPPORT_PATH, SUPPORT.replace("name: Support", "name: Sales"))
    assert found["code"] == "RVX601"
    assert editor.edit(SUPPORT_PATH, SUPPORT) == []


def test_what_changes_on_the_disk_is_seen_when_the_editor_says_so(editor: Editor) -> None:
    assert editor.open(SUPPORT_PATH) == []
    write(editor.root, {PROMPT_PATH: "Call {{company} first.\n"})
    change = {"uri": editor.uri(PROMPT_PATH), "type": 2}
    editor.client.notify("workspace/didChangeWatchedFiles", changes=[change])
    assert [each["code"] for each in editor.client.diagnostics(editor.uri(PROMPT_PATH))] == ["RVX201"]


def test_what_was_shown_is_cleared(editor: Editor) -> None:
    editor.open(SUPPORT_PATH, SUPPORT + "id: x\n")
    editor.client.close(editor.uri(SUPPORT_PATH))
    assert editor.client.diagnostics(editor.uri(SUPPORT_PATH)) == []


def test_several_projects(editor: Editor) -> None:
    write(
        editor.root, {"other/revox-sync.yaml": 'contract: "0.2"\n', "other/assistants/a.yaml": "name: A\nprompt: B\n"}
    )
    phone = 'transfer_phone_number: "+33199001200"\n'
    assert [each["code"] for each in editor.open(SUPPORT_PATH, SUPPORT + phone)] == ["RVX111"]
    assert "RVX111" not in [
        each["code"] for each in editor.open("other/assistants/a.yaml", "name: A\nprompt: B\n" + phone)
    ]


def test_a_project_inside_another_keeps_its_findings(editor: Editor) -> None:
    inner = "inner/assistants/a.yaml"
    write(editor.root, {"inner/revox-sync.yaml": 'contract: "0.2"\n', inner: "name: A\nprompt: B\n"})
    assert [each["code"] for each in editor.open(inner, "name: A\nprompt: B\nid: x\n")] == ["RVX108"]
    editor.open(SUPPORT_PATH)
    editor.edit(SUPPORT_PATH, SUPPORT + "id: x\n")
    published = [note["params"] for note in editor.client.notes if "diagnostics" in note.get("params", {})]
    assert editor.uri(inner) not in [each["uri"] for each in published]


def _is_between_cr_and_lf(text: str, change: dict[str, Any], after: str) -> bool:
    """Whether a change begins or ends inside a line break, where the protocol has no position."""
    return any(text[at : at + 1] == "\n" and text[at - 1 : at] == "\r" for at in _offsets(text, change, after))


def _offsets(text: str, change: dict[str, Any], after: str) -> tuple[int, int]:
    same = len(after) - len(change["text"])
    start = next((at for at in range(len(text) + 1) if position(text, at) == change["range"]["start"]), 0)
    return start, start + len(text) - same


@pytest.mark.parametrize("path", [SUPPORT_PATH, PROMPT_PATH, RETRY_PATH])
def test_after_random_edits_it_is_what_a_cold_lint_finds(editor: Editor, path: str) -> None:
    chance = random.Random(path)  # noqa: S311
    text = FILES[path]
    editor.open(path, text)
    for number in range(170):
        if number % 10 == 0:
            text = FILES[path]
            version = editor.client.change(editor.uri(path), {"text": text})
        changes = []
        for _ in range(chance.randint(1, 3)):
            change, after = random_edit(chance, text)
            if not _is_between_cr_and_lf(text, change, after):
                changes.append(change)
                text = after
        version = editor.client.change(editor.uri(path), *changes)
        found = flat(editor.client.diagnostics(editor.uri(path), version))
        assert found == cold(editor.root, {path: text}, path).get(path, []), (number, text)
