"""A journey: what servers and people did to the write path, step by step; nothing may be lost, or told wrongly.

The steps come from trying the tool on servers with odd habits (docs/emulator.md, "Quirks"). A command that dies right
after the server has committed a request is played by a request whose answer, and every look after it, is lost: what is
on disk afterwards is the same, as `test_crash` shows with a real kill.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.account import Account, Fault, digests_only
from tests.cli.commands.plans import FAQ, IN_SYNC, VOICE, changes
from tests.clock import SetClock


def die_after(account: Account, method: str, *options: str, committed: bool = True) -> None:
    """The server gets the next request of a method; apply dies before it hears what became of it."""
    account.disturb(method, status=None, committed=committed)
    account.switchboard.faults.append(Fault(lambda sent: _is_look(account, sent, method), status=503))
    ran = account.run("apply", "--auto-approve", *options)
    assert ran.code == 3, ran.out + ran.err
    assert account.journal_path.exists()
    account.switchboard.faults.clear()


def _is_look(account: Account, sent: Any, method: str) -> bool:
    """A GET after the first request of a method."""
    return sent.method == "GET" and any(each.method == method for each in account.switchboard.sent)


def conflicts(account: Account) -> list[str]:
    return [each["address"] for each in account.plan()["conflicts"]]


def assert_not_overwritten(account: Account, **fields: Any) -> None:
    """A plan shows the conflict, apply refuses it, and the dashboard's values are still there."""
    assert conflicts(account) == ["a"]
    ran = account.apply()
    assert ran.code == 4, ran.out
    told = " ".join(account.run("status").out.split())
    assert "nobody has seen it arrive" in told
    assert "`revox-sync pull --theirs a`" in told
    remote = account.remote("a")
    assert {key: remote[key] for key in fields} == fields


def assert_both_ways_out(account: Account) -> None:
    """What is a conflict is settled by either side, in a copy of the project each."""
    lock, journal = account.lock_path.read_bytes(), account.journal_path
    assert not journal.exists()
    file = account.root / "assistants/a.yaml"
    text = file.read_text("utf-8")
    assert account.run("pull", "--theirs").code == 0
    assert account.run("plan").told == IN_SYNC
    file.write_text(text, "utf-8")
    account.lock_path.write_bytes(lock)
    account.applied("--on-drift", "revert")
    assert account.run("plan").told == IN_SYNC


# --- rows 1 to 5: five roads to an update that overwrites a dashboard edit


def test_an_update_that_adds_a_field_and_dies(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", first_sentence="ours")
    die_after(account, "PATCH")
    account.edit("a", first_sentence="theirs")
    assert_not_overwritten(account, first_sentence="theirs")
    assert_both_ways_out(account)


def test_an_edit_is_overwritten_by_a_run_that_was_told_to_only(account: Account) -> None:
    """The run that was told so died before its request arrived: the edit is still there; the next one asks again."""
    account.declare("a", first_sentence="ours")
    account.applied()
    account.edit("a", first_sentence="theirs")
    die_after(account, "PATCH", "--on-drift", "revert", committed=False)
    assert_not_overwritten(account, first_sentence="theirs")
    assert_both_ways_out(account)


def test_a_server_that_drops_a_neighbour_as_well(account: Account) -> None:
    account.declare("a", voice=VOICE)
    account.declare("b")
    account.applied()
    account.serve(account.store, "drop:voice.speed")
    account.declare("a", voice=VOICE | {"speed": 1.4}, first_sentence="ours")
    die_after(account, "PATCH")
    account.declare("b", first_sentence="other")
    account.run("apply", "b", "--auto-approve")
    account.edit("a", first_sentence="theirs")
    assert_not_overwritten(account, first_sentence="theirs")


def test_a_create_that_dies(account: Account) -> None:
    account.declare("a", first_sentence="ours")
    die_after(account, "POST")
    account.edit("a", first_sentence="theirs")
    assert_not_overwritten(account, first_sentence="theirs")
    assert len(account.store.all()) == 1
    assert_both_ways_out(account)


def test_a_create_whose_answer_leaves_out_a_field(account: Account) -> None:
    account.serve(account.store, "thin-create:faq_items")
    account.declare("a", faq_items=FAQ)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "GET" and sent.path != "/assistants", status=403)
    )
    ran = account.run("apply", "--auto-approve")
    assert "could not be read" in ran.out
    account.switchboard.faults.clear()
    theirs = [{"question": "Q?", "answer": "theirs", "id": "faq_1", "source": "human", "needs_human_answer": False}]
    account.edit("a", faq_items=theirs)
    assert_not_overwritten(account, faq_items=theirs)


def test_what_is_adopted_is_not_corrected_in_the_same_run(account: Account) -> None:
    account.declare("a", first_sentence="ours")
    account.disturb("POST", status=None, committed=True)
    account.switchboard.faults.append(Fault(lambda sent: _edit_before_look(account, sent)))
    ran = account.run("apply", "--auto-approve")
    assert ran.code == 0, ran.out + ran.err
    assert "`first_sentence` is not as sent" in ran.out
    assert [each.method for each in account.writes] == ["POST"]
    assert account.remote("a")["first_sentence"] == "theirs"
    account.switchboard.faults.clear()
    assert conflicts(account) == ["a"]


def _edit_before_look(account: Account, sent: Any) -> bool:
    if _is_look(account, sent, "POST") and account.remote("a")["first_sentence"] == "ours":
        account.edit("a", first_sentence="theirs")
    return False


# --- rows 6 and 7: one POST in a run, whatever its end


@pytest.mark.parametrize("status", [500, 503, 502, 408])
def test_no_second_post_after_any_doubt(account: Account, status: int) -> None:
    account.serve(account.store, "list-lag:5", clock=SetClock())
    account.declare("a")
    account.disturb("POST", status=status, committed=True)
    ran = account.run("apply", "--auto-approve")
    assert [each.method for each in account.writes] == ["POST"]
    assert (ran.code, len(account.store.all())) == (3, 1)
    assert sum(account.waits) == 30.0


def test_a_name_in_another_form_is_found(account: Account) -> None:
    account.serve(account.store, "lower-name")
    account.declare("a", name="Support DE")
    account.disturb("POST", status=500, committed=True)
    account.applied()
    account.switchboard.faults.clear()
    assert account.run("plan").told == IN_SYNC
    assert len(account.store.all()) == 1


def test_a_name_in_another_form_is_matched_without_a_lock(account: Account) -> None:
    account.serve(account.store, "nfc")
    account.declare("a", name="Zoe\u0301")
    account.applied()
    account.lock_path.unlink()
    assert changes(account.plan()) == {}


# --- rows 8 to 13: what an answer does not say


def test_a_listed_assistant_that_its_id_does_not_find_is_blocked(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.declare("b")
    account.applied()
    text = (account.root / "assistants/a.yaml").read_text("utf-8")
    found = account.remote("a")["id"]
    account.switchboard.faults.append(Fault(lambda sent: sent.path == f"/assistants/{found}", status=404, body={}))
    plan = account.plan()
    assert (changes(plan), plan["summary"]["blocked"]) == ({}, 1)
    assert account.run("pull").code == 4
    assert (account.root / "assistants/a.yaml").read_text("utf-8") == text
    account.declare("b", first_sentence="x")
    assert account.apply().code == 4
    assert account.remote("b")["first_sentence"] == "x"


def test_what_the_server_replaces_on_create_has_failed(account: Account) -> None:
    account.serve(account.store, "ignore-on-create:ivr_navigation_enabled,max_call_duration_secs")
    account.declare("a", ivr_navigation_enabled=True, max_call_duration_secs=90)
    ran = account.run("apply", "--auto-approve")
    assert ran.code == 3
    assert "ignored `max_call_duration_secs`, `ivr_navigation_enabled`" in ran.out or "ignored `ivr" in ran.out
    assert changes(account.plan()) == {"a": "update"}
    account.applied()
    assert account.run("plan").told == IN_SYNC


def test_a_server_that_merges_mappings_is_found_out(account: Account) -> None:
    account.serve(account.store, "merge-patch")
    account.declare("a", voice=VOICE)
    account.applied()
    account.declare("a", voice={key: value for key, value in VOICE.items() if key != "volume"})
    ran = account.run("apply", "--auto-approve")
    assert ran.code == 3
    assert "the server kept `voice.volume`" in ran.out
    assert changes(account.plan()) == {"a": "update"}


def test_an_empty_list_answered_as_null_is_in_sync(account: Account) -> None:
    account.serve(account.store, "null-empty")
    account.declare("a", custom_tools=[])
    account.applied()
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize(
    ("declared", "stored"),
    [("Europe/Kiev", "Europe/Kyiv"), ("US/Eastern", "America/New_York")],
    ids=["renamed", "alias"],
)
def test_another_spelling_of_a_zone_is_no_difference(account: Account, declared: str, stored: str) -> None:
    window = {"calling_window_start_time": "9am", "calling_window_end_time": "17:00", "retry_delay_seconds": 60}
    retry = {
        "max_retry_attempts": 2,
        "calling_windows": [window],
        "allowed_days": ["monday"],
        "call_twice_in_a_row": False,
        "timezone": declared,
    }
    account.declare("a", call_retry_config=retry)
    account.applied()
    window = window | {"calling_window_start_time": "09:00"}
    account.edit("a", call_retry_config=retry | {"timezone": stored, "calling_windows": [window]})
    assert account.run("plan").told == IN_SYNC


# --- row 15: secrets after a lost answer


def test_a_secret_stays_one_after_a_lost_answer(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/canary")
    account.write("assistants/a.yaml", "name: a\nprompt: You are a.\nwebhook_url: !env T_HOOK\n")
    die_after(account, "POST")
    (account.root / "assistants/a.yaml").unlink()
    account.declare("b")
    account.applied("b")
    for form in ("markdown", "json", "text", "html"):
        ran = account.run("plan", "--prune", "--max-deletes", "1", "-o", form)
        assert "canary" not in ran.out + ran.err
    saved = account.root / "plan.json"
    account.run("plan", "--prune", "--max-deletes", "1", "--save", str(saved))
    account.run("plan", "--save-snapshot", str(account.root / "snapshot.json"))
    assert "canary" not in saved.read_text("utf-8") + (account.root / "snapshot.json").read_text("utf-8")


# --- rows 26 and 27: edits back, and answers that are older than what was seen


def test_an_edit_back_to_the_former_text_is_not_overwritten(account: Account) -> None:
    account.declare("a", first_sentence="former")
    account.applied()
    account.declare("a", first_sentence="ours")
    die_after(account, "PATCH")
    account.edit("a", first_sentence="former")
    assert_not_overwritten(account, first_sentence="former")


def test_an_older_version_is_no_edit(account: Account) -> None:
    clock = SetClock()
    account.serve(account.store, clock=clock)
    account.declare("a", first_sentence="one")
    account.applied()
    clock.advance(60)
    account.serve(account.store, "list-lag:6", "read-lag:6", clock=clock)
    account.declare("a", first_sentence="two")
    account.run("apply", "--auto-approve")
    clock.advance(1)
    text = (account.root / "assistants/a.yaml").read_text("utf-8")
    plan = account.plan()
    assert (changes(plan), plan["drift"], plan["summary"]["blocked"]) == ({}, [], 1)
    assert account.run("pull").code == 4
    assert (account.root / "assistants/a.yaml").read_text("utf-8") == text
    clock.advance(60)
    assert account.run("plan").told == IN_SYNC


def test_a_lock_of_version_1_is_read_and_rewritten(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    text = account.lock_path.read_text("utf-8")
    account.lock_path.write_text(text.replace('"version": 2', '"version": 1'), "utf-8")
    old = digests_only(account.lock)
    assert account.run("plan").told == IN_SYNC
    assert '"version": 1' in account.lock_path.read_text("utf-8")
    account.declare("a", first_sentence="x")
    account.applied()
    assert '"version": 2' in account.lock_path.read_text("utf-8")
    assert digests_only(account.lock)["b"] == old["b"]


def test_what_a_lagging_server_shows_is_not_deleted(account: Account) -> None:
    """A look at an older version is none: a plan that deletes would not name what is lost."""
    clock = SetClock()
    account.serve(account.store, clock=clock)
    account.declare("a", first_sentence="one")
    account.applied()
    clock.advance(60)
    account.serve(account.store, "list-lag:6", "read-lag:6", clock=clock)
    account.declare("a", first_sentence="two")
    account.run("apply", "--auto-approve")
    clock.advance(1)
    account.edit("a", first_sentence="theirs")
    (account.root / "assistants/a.yaml").unlink()
    ran = account.run("apply", "--prune", "--max-deletes", "1", "--auto-approve")
    assert ran.code != 0, ran.out
    assert "older version" in " ".join((ran.out + ran.err).split())
    assert account.remote("a")["first_sentence"] == "theirs"


def test_commands_name_the_environment_while_apply_runs(account: Account) -> None:
    account.declare("x/b c")
    account.applied()
    account.declare("x/b c", first_sentence="ours")
    answer = account.remote("x b c") | {"first_sentence": "theirs"}
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "PATCH", status=200, body={"assistant": answer})
    )
    ran = account.run("apply", "--auto-approve", "-e", "test")
    assert "`revox-sync pull --theirs 'x/b c' -e test" in " ".join(ran.out.split()), ran.out


# --- an answer that comes before its request is carried out


def test_an_edit_after_a_request_that_was_carried_out_late(account: Account) -> None:
    """The answer shows the old version; what was sent arrives later, and somebody takes it back in the dashboard."""
    account.declare("a", first_sentence="former")
    account.applied()
    account.declare("a", first_sentence="ours")
    old = dict(account.remote("a"))
    account.disturb("PATCH", status=200, body={"assistant": old})
    ran = account.apply()
    assert (ran.code, "the server ignored `first_sentence`" in ran.out) == (3, True)
    account.switchboard.faults.clear()
    assert changes(account.plan()) == {"a": "update"}, "nothing has happened since: it is sent again"
    account.edit("a", first_sentence="ours")
    account.edit("a", first_sentence="former")
    assert_not_overwritten(account, first_sentence="former")
    assert_both_ways_out(account)
