"""`doctor`: what it finds, what a probe learns of a server, and that nothing of a probe stays behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from tests.account import Account, Fault
from tests.source.repository import Repository

BASE: Final = {"patch_merges": False, "version_moves": True, "version_moves_with_faq": True, "null_clears": True}
CANARY: Final = "canary-7c1e"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REVOX_API_KEY", "REVOX_BASE_URL", "GITHUB_ACTIONS", "GITLAB_CI", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def serve(account: Account, *quirks: str) -> None:
    """A server whose time passes as the command waits, so that no test does."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    ticks = iter(range(10**9))

    def clock() -> datetime:
        return start + timedelta(seconds=sum(account.waits), microseconds=next(ticks))

    account.serve(account.store, *quirks, clock=clock)


def examined(account: Account, *arguments: str, code: int = 0) -> dict[str, Any]:
    ran = account.run("doctor", "-o", "json", *arguments)
    assert ran.code == code, ran.out + ran.err
    assert compile_schema(load_schema("doctor"))(ran.json)
    report: dict[str, Any] = ran.json
    return report


def probed(account: Account, *quirks: str) -> dict[str, Any]:
    serve(account, *quirks)
    probe = examined(account, "--probe", "--yes")["probe"]
    assert probe["left_over"] is None
    assert account.store.all() == []
    found: dict[str, Any] = probe
    return found


def checks(report: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: f"{each['health']}: {each['text']}" for each in report["checks"]}


def answers(probe: dict[str, Any]) -> dict[str, tuple[bool | None, str]]:
    return {each["assumption"]: (each["holds"], each["found"]) for each in probe["learned"]}


def test_a_healthy_project(account: Account) -> None:
    account.declare("a")
    account.applied()
    found = checks(examined(account))
    assert {text.partition(":")[0] for text in found.values()} == {"ok"}
    assert found["key"] == "ok: accepted; organisation org_emulator"
    assert found["contract"] == "ok: answers have fields of 0.4"
    assert found["lock"] == "ok: .revox/local/test.lock.json, 1 assistant"
    assert account.writes == []


def test_a_file_that_is_no_configuration_is_a_problem_and_no_end(account: Account) -> None:
    account.write("revox-sync.yaml", "version: [")
    found = checks(examined(account, code=1))
    assert found["project"].startswith("problem: ")
    assert str(account.root) not in found["project"]
    assert "revox-sync" in found


def test_a_key_that_is_refused(account: Account) -> None:
    account.write("revox-sync.yaml", f'environments: {{test: {{base_url: "{account.base_url}", api_key: {CANARY}}}}}\n')
    report = examined(account, code=1)
    assert checks(report)["key"].startswith("problem: the API refuses it")
    assert CANARY not in json.dumps(report)
    ran = account.run("doctor", "--probe", "--yes")
    assert (ran.code, account.writes, CANARY in ran.out + ran.err) == (1, [], False)


def test_a_server_that_nobody_reaches(account: Account) -> None:
    account.write("revox-sync.yaml", 'environments: {test: {base_url: "http://127.0.0.1:1/api", api_key: emulator}}')
    found = checks(examined(account, code=1))
    assert "no connection to" in found["key"]
    assert "lock" in found


def test_an_environment_that_does_not_exist(account: Account) -> None:
    assert account.run("doctor", "-e", "nobody").code == 64


def test_what_a_broken_lock_and_an_open_journal_say(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.lock_path.write_text("<<<<<<< ours\n")
    assert checks(examined(account, code=1))["lock"].startswith("problem: ")


def test_variables_of_the_machine_are_named_and_not_shown(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", f"127.0.0.1,{CANARY}.example.com")
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("GITLAB_TOKEN", CANARY)
    account.write("assistants/a.yaml", "name: A\nprompt: x\nwebhook_url: !env UNSET_HOOK\n")
    report = examined(account)
    found = checks(report)
    assert "NO_PROXY" in found["network"]
    assert "set: GITLAB_TOKEN; not set: CI_PIPELINE_SOURCE" in found["CI"]
    assert found["variables"].startswith("warning: not set: UNSET_HOOK")
    assert CANARY not in json.dumps(report)


def test_a_certificate_that_is_not_there(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(account.root / "nowhere.pem"))
    assert checks(examined(account, code=1))["network"] == ("problem: SSL_CERT_FILE names a path that does not exist")


FACTS: Final[dict[str, tuple[tuple[str, ...], dict[str, Any]]]] = {
    "as we assume it": ((), {"list_lag": 0, "read_lag": 0, "contract": "0.4"}),
    "merges": (("merge-patch",), {"patch_merges": True}),
    "lists late": (("list-lag:3",), {"list_lag": 4, "read_lag": 0}),
    "shows late": (("read-lag:3",), {"read_lag": 4, "patch_merges": False, "version_moves": True}),
    "lists too late": (("list-lag:600",), {"list_lag": 64}),
    "keeps its time": (
        ("untouched:voicemail_message,faq_items",),
        {"version_moves": False, "version_moves_with_faq": False},
    ),
    "keeps its time with questions": (
        ("untouched:faq_items",),
        {"version_moves": True, "version_moves_with_faq": False},
    ),
    "keeps what null should clear": (("keep-null",), {"null_clears": False}),
    "has no voices": (("forbid:voices",), {"patch_merges": None}),
    "drops": (("drop:voicemail_message",), {"null_clears": None, "patch_merges": None}),
}


@pytest.mark.parametrize("name", FACTS)
def test_facts_of_a_server(account: Account, name: str) -> None:
    quirks, expected = FACTS[name]
    facts = probed(account, *quirks)["facts"]
    assert facts == facts | BASE | expected if name == "as we assume it" else facts == facts | expected
    written = json.loads((account.root / ".revox/local/test.server-facts.json").read_text())
    assert compile_schema(load_schema("server-facts"))(written)
    assert written == {"format": "revox-sync/server-facts", "version": 1, "environment": "test", **facts}


ANSWERS: Final[dict[str, tuple[str, bool | None, str]]] = {
    "page:1": ("the list is complete, in one page", True, ""),
    "lower-name": ("values are kept as they are sent", False, "`name` has another spelling"),
    "nfc": ("values are kept as they are sent", False, "`prompt` has another spelling"),
    "mask:webhook_url": ("values are kept as they are sent", False, "`webhook_url` is masked"),
    "item-key:extra": ("values are kept as they are sent", True, "kept"),
    "drop:webhook_url": ("nothing that is sent is ignored", False, "ignored `webhook_url`"),
    "ignore-on-create:webhook_url": ("nothing that is sent is ignored", False, "ignored `webhook_url`"),
    "thin-create:webhook_url": ("an answer to a create has all fields", False, "without `webhook_url`"),
    "merge-patch": ("an update replaces a top-level field whole", False, "keys that are left out stay"),
    "read-lag:3": ("a GET shows a new assistant at once", False, "shown after 4 s at most"),
    "list-lag:3": ("the list shows a new assistant at once", False, "listed after 4 s at most"),
    "keep-null": ("null clears a field whose type admits it", False, "it keeps its value"),
    "untouched:faq_items": ("`updated_at` changes when only `faq_items` does", False, "it stayed"),
}


@pytest.mark.parametrize("quirk", ANSWERS)
def test_an_answer_for_each_habit(account: Account, quirk: str) -> None:
    assumption, holds, found = ANSWERS[quirk]
    got = answers(probed(account, quirk))[assumption]
    assert got[0] is holds
    assert found in got[1]


def test_a_list_in_pages(account: Account) -> None:
    account.store.add({"id": "a", "name": "A", "prompt": "x"})
    serve(account, "page:1")
    probe = examined(account, "--probe", "--yes")["probe"]
    assert answers(probe)["the list is complete, in one page"][0] is False
    assert probe["facts"]["list_lag"] is None
    account.store.add({"id": "b", "name": "B", "prompt": "x"})
    assert "may not be the whole list" in checks(examined(account, "--probe", "--yes", code=1))["assistants"]
    assert account.writes == []


def test_everything_we_assume_is_what_the_emulator_does(account: Account) -> None:
    assert {holds for holds, _ in answers(probed(account)).values()} == {True}


def test_a_probe_asks_first(account: Account) -> None:
    ran = account.run("doctor", "--probe")
    assert (ran.code, account.writes) == (64, [])
    assert "--yes" in ran.err
    assert account.run("doctor", "--yes").code == 64


def test_others_are_left_alone(account: Account) -> None:
    account.declare("a")
    account.applied()
    before = account.store.all()
    serve(account)
    examined(account, "--probe", "--yes")
    assert account.store.all() == before


def test_what_an_older_probe_has_left_is_named_and_deleted(account: Account) -> None:
    account.store.add({"id": "left", "name": f"revox-sync probe {'0' * 16}: safe to delete", "prompt": "x"})
    account.store.add({"id": "mine", "name": "revox-sync probe of mine: safe to delete", "prompt": "x"})
    said = checks(examined(account, code=1))["left-over"]
    assert said.startswith("problem: a probe has left left: `revox-sync ")
    serve(account)
    examined(account, "--probe", "--yes")
    assert [each["id"] for each in account.store.all()] == ["mine"]


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_it_is_deleted_whatever_goes_wrong(account: Account, method: str) -> None:
    serve(account)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == method and sent.path.startswith("/assistants/"), status=500)
    )
    account.run("doctor", "--probe", "--yes")
    assert account.store.all() == []


def test_a_create_whose_answer_was_lost_is_found_by_its_name(account: Account) -> None:
    serve(account)
    account.disturb("POST", status=None, committed=True)
    ran = account.run("doctor", "--probe", "--yes")
    assert ran.code == 5
    assert account.store.all() == []


def test_what_cannot_be_looked_for_is_named(account: Account) -> None:
    serve(account)
    account.disturb("POST", status=None, committed=True)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.path == "/assistants" and bool(posted(account)), status=500)
    )
    ran = account.run("doctor", "--probe", "--yes")
    (left,) = account.store.all()
    assert ran.code == 5
    assert f"an assistant `{left['name']}` may still be there" in ran.err


def posted(account: Account) -> list[str]:
    return [sent.method for sent in account.writes]


def test_a_server_that_takes_only_what_it_must(account: Account) -> None:
    serve(account)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "POST" and "voicemail_message" in sent.body, status=422, body={"error": "no"})
    )
    probe = examined(account, "--probe", "--yes")["probe"]
    assert answers(probe)["a create with documented fields is accepted"][0] is False
    assert answers(probe)["nothing that is sent is ignored"] == (True, "kept")
    assert account.store.all() == []


def test_where_it_cannot_be_deleted_it_is_named(account: Account) -> None:
    serve(account)
    account.disturb("DELETE", status=403)
    ran = account.run("doctor", "--probe", "--yes", "-o", "json")
    (left,) = account.store.all()
    assert ran.code == 1
    assert left["id"] in ran.json["probe"]["left_over"]
    assert left["id"] in ran.err
    assert left["id"] in checks(examined(account, code=1))["left-over"]


def test_an_interrupt_leaves_nothing_behind(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(account, "list-lag:600")

    def press(seconds: float) -> bool:
        account.waits.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(Account, "wait", lambda _, seconds: press(seconds))
    assert account.run("doctor", "--probe", "--yes").code == 130
    assert account.store.all() == []
    assert not (account.root / ".revox/local/test.server-facts.json").exists()


def write_facts(account: Account, **facts: Any) -> None:
    known = {"learned_at": "2026-11-01T00:00:00Z", "contract": "0.4", "list_lag": None, "read_lag": None}
    document = {"format": "revox-sync/server-facts", "version": 1, "environment": "test", "base_url": account.base_url}
    account.write(".revox/local/test.server-facts.json", document | known | dict.fromkeys(BASE) | facts)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', '<<<<<<< ours\n{"format": 1}'])
def test_facts_that_cannot_be_read_stop_plan_and_are_a_problem(account: Account, text: str) -> None:
    account.declare("a")
    account.write(".revox/local/test.server-facts.json", text)
    ran = account.run("plan")
    assert (ran.code, "doctor --probe" in ran.err) == (4, True)
    assert checks(examined(account, code=1))["server facts"].startswith("problem: ")


def test_nothing_is_created_where_nothing_can_be_written(account: Account) -> None:
    folder = account.root / ".revox/local/test.server-facts.json"
    folder.mkdir(parents=True)
    found = checks(examined(account, code=1))
    assert [name for name, text in found.items() if text.startswith("problem")] == ["server facts"]
    ran = account.run("doctor", "--probe", "--yes")
    assert (ran.code, account.writes) == (4, [])


RETRIES: Final = {
    "calling_windows": [
        {"calling_window_start_time": "09:00", "calling_window_end_time": "18:00", "retry_delay_seconds": 60}
    ],
    "max_retry_attempts": 2,
    "allowed_days": ["monday"],
    "call_twice_in_a_row": False,
}


@pytest.mark.parametrize(("known", "code"), [(None, 3), (True, 0)])
def test_a_key_that_goes_is_sent_as_null_where_the_server_is_known_to_merge(
    account: Account, *, known: bool | None, code: int
) -> None:
    account.serve(account.store, "merge-patch")
    account.declare("a", call_retry_config={**RETRIES, "timezone": "Europe/Paris"})
    account.applied()
    write_facts(account, patch_merges=known)
    account.declare("a", call_retry_config=RETRIES)
    assert account.apply().code == code
    assert ("timezone" in (account.remote("a")["call_retry_config"] or {})) is (known is None)
    if known:
        assert account.plan()["summary"]["update"] == 0


def test_a_create_without_an_answer_is_waited_for_as_long_as_the_list_is_late(account: Account) -> None:
    account.declare("a")
    account.disturb("POST", status=500)
    write_facts(account, list_lag=40.0)
    account.apply()
    assert account.waits == [0.0, 40.0, 80.0]
    account.waits.clear()
    write_facts(account)
    account.switchboard.faults.clear()
    account.applied()
    assert sum(account.waits) == 30


@pytest.mark.parametrize(("known", "kept"), [(None, True), (True, True), (False, False)])
def test_a_time_that_is_known_to_stay_is_no_version(account: Account, *, known: bool | None, kept: bool) -> None:
    """What that saves is in tests/model: an edit back to the former value would be taken for none."""
    account.declare("a")
    write_facts(account, version_moves=known)
    account.applied()
    account.declare("a", prompt="Two.")
    account.applied()
    stamp = account.remote("a")["updated_at"]
    assert (stamp in account.lock_path.read_text()) is kept
    assert account.plan()["summary"]["update"] == 0


def test_facts_are_committed_beside_a_lock(account: Account) -> None:
    repository = Repository.create(account.root)
    former = "# Locks are committed; journal, backups and local locks are not.\n/*\n!/*.lock.json\n"
    account.write(".revox/.gitignore", former)
    serve(account)
    examined(account, "--probe", "--yes")
    for name in ("production.server-facts.json", "production.journal.jsonl"):
        account.write(f".revox/{name}", "{}")
    listed = repository.git("ls-files", "--others", "--exclude-standard", ".revox")
    assert ".revox/production.server-facts.json" in listed
    assert "journal" not in listed
