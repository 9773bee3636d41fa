"""A journey: a secret inside a list stays one when the file forgets it; nothing shows it, and nothing is in the way."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.account import Account
from tests.cli.commands.plans import IN_SYNC, changes, fields

CANARY: Final = "https://canary.example.com/hook"
OPEN: Final = "https://open.example.com"
TAGGED: Final = "!env T_HOOK"
FORMATS: Final = ("text", "json", "markdown", "html")
REST: Final = "body_template: null, headers: [], input_schema: [], query_params: []"


def tool(name: str, url: str) -> str:
    return f"{{name: {name}, description: Looks up., method: GET, url: {url}, {REST}}}"


def declare(account: Account, *tools: str, more: str = "") -> None:
    listed = f"custom_tools: [{', '.join(tools)}]\n" if tools else ""
    account.write("assistants/a.yaml", f"name: a\nprompt: You are a.\n{listed}{more}")


def shown(account: Account, *arguments: str) -> list[str]:
    """Everything a plan says, in every format, and what it saves."""
    path = account.root / "plan.json"
    texts = [account.run("plan", *arguments, "-o", form, "--save", str(path)).out for form in FORMATS]
    return [*texts, path.read_text("utf-8")]


def assert_hidden(account: Account, *arguments: str) -> None:
    assert [text for text in shown(account, *arguments) if "canary" in text] == []


def edit_tools(account: Account, **by_name: dict[str, Any]) -> None:
    """Change tools on the dashboard."""
    tools = account.remote("a")["custom_tools"]
    account.edit("a", custom_tools=[each | by_name.get(each["name"], {}) for each in tools])


@pytest.fixture
def tools(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with two tools: the URL of the first is a secret, that of the second is not."""
    monkeypatch.setenv("T_HOOK", CANARY)
    declare(account, tool("first", TAGGED), tool("second", OPEN))
    account.applied()
    assert account.run("plan").told == IN_SYNC
    return account


def test_the_lock_says_where_it_is_without_content(tools: Account) -> None:
    (place,) = tools.lock["a"]["secrets"]
    assert place.startswith("/custom_tools/")
    assert place.endswith("/url")
    assert "canary" not in tools.lock_path.read_text("utf-8")


@pytest.mark.parametrize(
    "left",
    [
        [tool("second", OPEN)],
        [tool("first", TAGGED)],
        [tool("third", OPEN)],
        [tool("first", OPEN), tool("second", OPEN)],
        [tool("renamed", TAGGED), tool("second", OPEN)],
        [tool("first", CANARY.replace("canary", "other")), tool("second", "https://other.example.com")],
    ],
    ids=["secret gone", "open gone", "both gone", "now a literal", "another name", "both changed"],
)
def test_what_the_file_forgets_stays_secret_and_is_no_conflict(tools: Account, left: list[str]) -> None:
    declare(tools, *left)
    assert_hidden(tools)
    plan = tools.plan()
    assert (changes(plan), plan["summary"]["blocked"]) == ({"a": "update"}, 0)
    tools.applied()
    assert [text for text in _backups(tools) if "canary" in text] == []
    assert tools.run("plan").told == IN_SYNC


def test_what_is_forgotten_on_both_sides_leaves_the_lock(tools: Account) -> None:
    declare(tools, tool("second", OPEN))
    tools.applied()
    assert "secrets" not in tools.lock["a"]


def test_an_edit_outside_of_what_is_open_is_shown_and_pulled(tools: Account) -> None:
    edit_tools(tools, second={"url": "https://new.example.com"})
    (drift,) = tools.plan()["drift"]
    assert [(each["path"], each["before"]) for each in drift["fields"]] == [
        ('custom_tools["second"].url', "https://new.example.com")
    ]
    assert tools.run("pull").code == 0
    text = (tools.root / "assistants/a.yaml").read_text("utf-8")
    assert ("https://new.example.com" in text, TAGGED in text, "canary" in text) == (True, True, False)
    assert tools.run("plan").told == IN_SYNC


def test_another_name_given_outside_shows_nothing(tools: Account) -> None:
    edit_tools(tools, first={"name": "renamed"})
    declare(tools, tool("second", OPEN))
    assert_hidden(tools)
    assert_hidden(tools, "--on-drift", "revert")
    assert len(tools.plan()["conflicts"]) == 1
    tools.run("pull", "--theirs", "--all-fields", "--inline")
    assert "canary" not in (tools.root / "assistants/a.yaml").read_text("utf-8")


def test_a_field_that_is_no_longer_managed_keeps_its_secret(tools: Account) -> None:
    declare(tools)
    tools.applied()
    assert len(tools.lock["a"]["secrets"]) == 1
    tools.run("pull", "--all-fields")
    assert "canary" not in (tools.root / "assistants/a.yaml").read_text("utf-8")
    declare(tools, tool("third", OPEN))
    assert_hidden(tools)
    assert [each["address"] for each in tools.plan()["conflicts"]] == ["a"]
    assert fields(tools.plan("--on-drift", "revert"), "a")


def test_so_does_one_that_is_no_list(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", CANARY)
    declare(account, more=f"webhook_url: {TAGGED}\n")
    account.applied()
    declare(account)
    account.applied()
    assert account.lock["a"]["secrets"] == ["/webhook_url"]
    declare(account, more=f"webhook_url: {OPEN}\n")
    assert_hidden(account)


def test_a_deleted_assistant_shows_what_is_open(tools: Account) -> None:
    (tools.root / "assistants/a.yaml").unlink()
    declare(tools)
    (tools.root / "assistants/a.yaml").rename(tools.root / "assistants/b.yaml")
    text = (tools.root / "assistants/b.yaml").read_text("utf-8").replace("name: a", "name: b")
    tools.write("assistants/b.yaml", text)
    arguments = ("--prune", "--max-deletes", "9")
    assert_hidden(tools, *arguments)
    lost = {path: before for path, before, _ in fields(tools.plan(*arguments), "a")}
    assert [each["url"] for each in lost["custom_tools"]] == ["(sensitive)", OPEN]


def test_entries_without_names(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", "canary")
    declare(account, more="stt_context: {general: [], terms: [open, !env T_HOOK, other]}\n")
    account.applied()
    assert account.lock["a"]["secrets"] == ["/stt_context/terms/*"]
    declare(account, more="stt_context: {general: [], terms: [open, other]}\n")
    assert_hidden(account)
    assert account.plan()["summary"]["blocked"] == 0


def _backups(account: Account) -> list[str]:
    return [json.dumps(json.loads(path.read_text("utf-8"))) for path in (account.root / ".revox/backup").glob("*.json")]
