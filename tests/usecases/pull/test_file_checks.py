"""Whether files can be planned, before a pull and with the texts that it would write."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from revox_sync.source.dependents import Dependents
from revox_sync.source.workspace import AssistantFile
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.file_checks import file_error, files_of_one_name, objection, unplannable_files
from tests.account import Account

FILES = {
    "assistants/a.yaml": "name: A\nprompt: !include _shared.yaml#/prompt\n",
    "assistants/b.yaml": "name: B\nprompt: !include _shared.yaml#/prompt\n",
    "assistants/c.yaml": "name: C\nprompt: Help.\n",
    "assistants/_shared.yaml": "prompt: Greet.\nother: Bye.\n",
}
BROKEN = "name: C\npromt: Help.\n"


@pytest.fixture
def session(account: Account) -> Session:
    for path, text in FILES.items():
        account.write(path, text)
    return open_session(Settings(str(account.root), color="never"))


def named(session: Session, address: str) -> AssistantFile:
    return next(file for file in session.workspace.files if file.address == address)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({}, None),
        ({"assistants/c.yaml": "name: C\nprompt: Other.\n"}, None),
        ({"assistants/c.yaml": BROKEN}, "would make the file wrong: RVX101"),
        ({"assistants/_shared.yaml": "prompt: Greet.\nother: New.\n"}, None),
        ({"assistants/_shared.yaml": "prompt: New.\n"}, "is used by `b` too"),
    ],
)
def test_texts_must_not_change_another_assistant(session: Session, texts: Mapping[str, str], words: str | None) -> None:
    address = "c" if "assistants/c.yaml" in texts else "a"
    found = objection(session, Dependents(session.workspace), named(session, address), texts)
    assert found is None if words is None else (found or "").startswith(words)


def test_an_error_is_told_with_its_code(session: Session) -> None:
    file = named(session, "c")
    assert file_error(session, file, {}) is None
    assert str(file_error(session, file, {file.path: BROKEN})).startswith("RVX101 ")


def test_a_name_that_two_files_would_have_is_no_error_of_one(session: Session) -> None:
    file = named(session, "c")
    texts = {file.path: "name: A\nprompt: Help.\n"}
    assert file_error(session, file, texts) is None
    files = session.workspace.files
    assert {found.address for found in files_of_one_name(session, files, texts, ())} == {"a", "c"}
    assert {found.address for found in files_of_one_name(session, files, texts, {"a"})} == {"a"}
    assert files_of_one_name(session, files, texts, {"a", "c"}) == set()
    assert files_of_one_name(session, files, {}, ()) == set()


def test_broken_files_are_shown_and_left_out(
    account: Account, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    files = session.workspace.files
    assert unplannable_files(session, files, FileReader(session.workspace, session.environment, files)) == set()
    assert capsys.readouterr().err == ""
    account.write("assistants/c.yaml", BROKEN)
    account.write("assistants/b.yaml", "name: A\nprompt: x\n")
    session = open_session(Settings(str(account.root), color="never"))
    files = session.workspace.files
    found = unplannable_files(session, files, FileReader(session.workspace, session.environment, files))
    assert {file.address for file in found} == {"c"}  # a name that two files have stops only their match
    assert "RVX101" in capsys.readouterr().err
