"""A saved plan that somebody has rewritten and sealed anew, so that it looks harmless and is not."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.account import Account, Ran
from tests.trust.test_state import with_digest

EVIL = "https://evil.example/hook"
Rewrite = Callable[..., Path]


@pytest.fixture
def rewrite(account: Account) -> Rewrite:
    """Writes a plan of a create, an update and a delete with other members in the change of an address."""
    for address in ("changed", "gone", "kept"):
        account.declare(address, first_sentence="Hello", prompt=f"One of {address}\nTwo\nThree\nFour\nFive\nSix\n")
    account.applied()
    (account.root / "assistants" / "gone.yaml").unlink()
    account.declare("changed", first_sentence="Hi", prompt="One of changed\nTwo\nThree\nFour\nFive\nSix\n")
    account.declare("fresh")
    path = account.root / "plan.json"
    assert account.run("plan", "--prune", "--max-deletes", "1", "--save", str(path)).code == 0

    def write(address: str = "", /, **members: Any) -> Path:
        document = json.loads(path.read_text("utf-8"))
        for change in document["changes"]:
            if change["address"] == address:
                for name, value in members.items():
                    change[name] = change[name] | value if isinstance(value, dict) else value
        path.write_text(with_digest(json.dumps(document)), "utf-8")
        return path

    return write


def shown(account: Account, path: Path) -> str:
    texts = [account.run("show", "-o", form, str(path)) for form in ("text", "markdown", "json", "html")]
    assert {ran.code for ran in texts} == {0}
    said = account.run("apply", str(path), "--expect-digest", "0" * 32)
    assert (said.code, account.writes) == (4, [])
    for ran in (*texts, said):
        assert EVIL in ran.out
    return texts[0].out


@pytest.mark.parametrize("address", ["changed", "fresh"])
def test_what_would_be_sent_is_shown_whatever_the_fields_say(account: Account, rewrite: Rewrite, address: str) -> None:
    sent = {"webhook_url": EVIL}
    path = rewrite(address, fields=[], impact=["cosmetic"], declared=sent, body=sent)
    assert f"{address} will be" in shown(account, path)
    stopped = account.run("show", str(path), "--fail-on-impact", "data")
    assert (stopped.code, f"{address} (" in stopped.err) == (4, True)


def test_a_line_that_is_called_unchanged_is_refused(account: Account, rewrite: Rewrite) -> None:
    """The lie is about the server's side, so `show` cannot know; it says so, and shows what is sent. Apply can."""
    prompt = f"One of changed\nTwo\nThree\nFour\nFive\nSix\nsay {EVIL}\n"
    path = rewrite("changed", declared={"prompt": prompt}, body={"prompt": prompt}, before={"prompt": prompt})
    assert "are only the file's word" in " ".join(shown(account, path).split())
    refused(account, path, "changed", "`prompt` in another way than the plan shows")


def test_a_lie_about_the_server_is_marked_in_every_format(account: Account, rewrite: Rewrite) -> None:
    path = rewrite("changed", before={"first_sentence": "Good evening"})
    for form in ("text", "markdown", "html"):
        said = " ".join(account.run("show", "-o", form, str(path)).out.split())
        assert "What the server holds now, and the notes, are only the file's word" in said, form
    refused(account, path, "changed", "`first_sentence` in another way than the plan shows")


def test_what_is_declared_is_what_is_shown(account: Account, rewrite: Rewrite) -> None:
    path = rewrite("changed", declared={"first_sentence": EVIL})
    refused(account, path, "changed", "`first_sentence` in another way than the plan shows")


def test_a_create_sends_what_it_shows(account: Account, rewrite: Rewrite) -> None:
    ran = account.run("apply", str(rewrite("fresh", declared={"prompt": EVIL})))
    assert (ran.code, account.writes) == (64, [])
    assert "a create sends what is declared" in ran.err


def test_a_delete_is_of_the_assistant_that_it_names(account: Account, rewrite: Rewrite) -> None:
    kept = account.remote("kept")
    document = json.loads(rewrite().read_text("utf-8"))
    (unchanged,) = (change for change in document["changes"] if change["address"] == "kept")
    path = rewrite("gone", id=kept["id"], fingerprint=unchanged["fingerprint"])
    assert kept["id"] in account.run("show", str(path)).out
    refused(account, path, "gone", "not the assistant that the lock has for it")
    assert account.remote("kept")


def test_a_delete_loses_what_it_shows(account: Account, rewrite: Rewrite) -> None:
    path = rewrite("gone", before={"prompt": "Nothing of value"}, fields=[])
    assert "Nothing of value" in account.run("show", str(path)).out
    refused(account, path, "gone", "`prompt` in another way than the plan shows")


@pytest.mark.parametrize(
    ("address", "members", "words"),
    [
        ("changed", {"name": "Another"}, "`name` is not the declared one"),
        ("kept", {"entry": {"id": "asst_other"}}, "`entry` is for another assistant"),
    ],
)
def test_what_contradicts_itself_is_no_plan(
    account: Account, rewrite: Rewrite, address: str, members: dict[str, Any], words: str
) -> None:
    path = rewrite(address, **members)
    for command in ("show", "apply"):
        ran = account.run(command, str(path))
        assert (ran.code, account.writes, words in ran.err) == (64, [], True)


def test_the_digest_is_that_of_the_file(account: Account, rewrite: Rewrite) -> None:
    path = rewrite("changed", fields=[])
    digest = json.loads(path.read_text("utf-8"))["digest"]
    assert account.run("show", "-o", "json", str(path)).json["digest"] == digest
    assert account.run("apply", str(path), "--expect-digest", digest).code == 0


def test_an_honest_plan_is_carried_out(account: Account, rewrite: Rewrite) -> None:
    planned = account.run("plan", "--prune", "--max-deletes", "1", "-o", "json")
    assert account.run("show", str(rewrite()), "-o", "json").out == planned.out
    ran = account.run("apply", str(rewrite()))
    assert "1 created, 1 updated, 1 deleted" in ran.out, ran


def test_plans_and_pages_are_for_their_owner(account: Account) -> None:
    account.declare("a")
    files = {name: account.root / name for name in ("plan.json", "page.html", "report.md")}
    for _ in range(2):  # also where a file is there already
        account.run("plan", "--save", str(files["plan.json"]), *outputs(files))
        modes = {name: stat.S_IMODE(path.stat().st_mode) for name, path in files.items()}
        assert (modes["plan.json"], modes["page.html"]) == (0o600, 0o600)
        for path in files.values():
            path.chmod(0o644)


def outputs(files: dict[str, Path]) -> list[str]:
    return ["-o", f"html:{files['page.html']}", "-o", f"markdown:{files['report.md']}"]


def refused(account: Account, path: Path, address: str, words: str) -> Ran:
    ran = account.run("apply", "-o", "json", str(path))
    assert ran.code == 4
    (outcome,) = (each for each in ran.json["outcomes"] if each["address"] == address)
    assert (outcome["outcome"], words in outcome["error"]) == ("refused", True), outcome
    assert not any(EVIL in json.dumps(sent.body) for sent in account.writes)
    return ran
