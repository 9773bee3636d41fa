from __future__ import annotations

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.server_appended import server_entries, without_server_entries

ROOT = assistant_node()
ASKED = {"question": "Open on Sunday?", "answer": "", "needs_human_answer": True, "source": "human"}
LEARNT = {"question": "Do you ship?", "answer": "Yes", "source": "ai", "id": "q1"}
WRITTEN = {"question": "Price?", "answer": "5", "source": "human", "needs_human_answer": False}
DECLARED = [{"question": "Price?", "answer": "5"}]


def faq() -> Node:
    node = ROOT.child("faq_items")
    assert node is not None
    return node


def test_entries_of_the_server_that_the_file_does_not_declare() -> None:
    server = [ASKED, WRITTEN, LEARNT]
    assert server_entries(DECLARED, server, faq()) == [ASKED, LEARNT]
    assert without_server_entries(DECLARED, server, faq()) == [WRITTEN]


def test_a_declared_question_is_not_grown_whoever_wrote_it() -> None:
    declared = [*DECLARED, {"question": "Do you ship?\n", "answer": "No"}]
    assert server_entries(declared, [ASKED, LEARNT], faq()) == [ASKED]


def test_without_a_list_everything_marked_is_grown() -> None:
    assert without_server_entries(None, [ASKED, WRITTEN], faq()) == [WRITTEN]
    assert without_server_entries(DECLARED, None, faq()) is None
    assert server_entries(["x"], ["x"], ROOT.child("custom_tools")) == []
