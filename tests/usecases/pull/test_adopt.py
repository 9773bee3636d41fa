"""Which remote assistants get files by `pull --new` and `pull --id`, over a socket."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import BrokenFilesError, UsageError
from tests.account import Account
from tests.cli.commands.plans import IN_SYNC
from tests.usecases.pull.adopting import create, files, pull

WRITTEN: Final = """name: Accueil – Été
prompt: !file prompts/accueil-ete.md
first_sentence: |
  Bonjour !
  Comment ça va ?
voice:
  id: v
  provider: cartesia
  speed: 1.1
faq_items:
  - question: Open?
    answer: "no"
from_phone_number: "+33639980001"
"""
NOTE: Final = (
    "Note: sub-assistants are in no list of the API: those that another assistant names by id are found,\n"
    "  `revox-sync pull --id ID` takes any other\n\n"
)
SAID: Final = f"""accueil-ete  (asst_1, new file)
  + assistants/prompts/accueil-ete.md
  + assistants/accueil-ete.yaml

{NOTE}Adopted 1 assistant.
Lock written: .revox/local/test.lock.json
"""
WOULD: Final = f"""a  (asst_1, would be a new file)
  + assistants/prompts/a.md
  + assistants/a.yaml

{NOTE}Would adopt 1 assistant.
"""
LONG: Final = "".join(f"{number}. Say it.\n" for number in range(30))


def test_an_account_becomes_files(account: Account) -> None:
    create(
        account,
        name="Accueil – Été",
        prompt=LONG,
        first_sentence="Bonjour !\nComment ça va ?\n",
        voice={"id": "v", "provider": "cartesia", "speed": 1.1},
        sms_enabled=False,
        from_phone_number="+33639980001",
        faq_items=[{"question": "Open?", "answer": "no"}],
    )
    made = account.remote("Accueil – Été")["id"]
    ran = account.run("pull", "--new")
    assert (ran.code, ran.told.replace(made, "asst_1")) == (0, SAID)
    assert files(account) == {"prompts/accueil-ete.md": LONG.encode(), "accueil-ete.yaml": WRITTEN.encode()}
    assert account.lock["accueil-ete"]["id"] == made
    assert account.run("plan").told == IN_SYNC


def test_check_writes_nothing(account: Account) -> None:
    made = create(account, name="A", prompt=LONG)
    ran = account.run("pull", "--new", "--check")
    assert (ran.code, ran.told.replace(made, "asst_1")) == (2, WOULD)
    assert files(account) == {}
    assert not account.lock_path.exists()


def test_one_document_for_programs(account: Account) -> None:
    account.declare("mine")
    account.applied()
    account.edit("mine", prompt="Edited.")
    account.declare("twin")
    new, one = (create(account, name=name) for name in ("New", "Step"))
    account.store.change(one, lambda current: current | {"prompt": None})
    ran = account.run("pull", "--new", "-o", "json")
    assert ran.code == 4
    assert compile_schema(load_schema("pull"))(ran.json)
    assert [each["pulled"] for each in ran.json["assistants"]] == [["prompt"], []]
    assert [(each["id"], each["files"]) for each in ran.json["adopted"]] == [(new, ["assistants/new.yaml"])]
    assert [each["id"] for each in ran.json["skipped"]] == [one]
    assert ran.json["summary"]["lock"] == ".revox/local/test.lock.json"
    assert [each["action"] for each in account.plan()["changes"] if each["action"] != "noop"] == ["create"]


def test_with_an_id_alone_nothing_else_is_pulled(account: Account) -> None:
    account.declare("mine")
    account.applied()
    account.edit("mine", prompt="Edited.")
    made = create(account, name="New")
    create(account, name="Other")
    before = files(account)
    assert account.run("pull", "--id", made).code == 0
    assert files(account).keys() - before.keys() == {"new.yaml"}
    assert files(account)["mine.yaml"] == before["mine.yaml"]


def test_what_cannot_be_asked_for(account: Account) -> None:
    ran = account.run("pull", "--id", "asst_none")
    assert ran.code == 64
    assert "no assistant `asst_none`" in ran.err


def test_a_second_run_finds_nothing_new(account: Account) -> None:
    create(account, name="A")
    pull(account)
    before = files(account)
    assert pull(account).adopted == ()
    assert files(account) == before


def test_a_run_that_ended_before_the_lock_is_not_repeated(account: Account) -> None:
    create(account, name="A", first_sentence="Hi")
    pull(account)
    account.lock_path.unlink()
    assert pull(account).adopted == ()
    plan = account.plan()
    assert [each["action"] for each in (*plan["changes"], *plan["conflicts"])] == ["noop"]
    assert plan["notes"] == ["a: found by its name; only the lock changes"]


def test_a_file_of_that_name_is_not_new(account: Account) -> None:
    account.declare("sales/mine", name="A")
    create(account, name="A", prompt="Other.")
    report = pull(account)
    assert (report.adopted, report.skipped, report.lock) == ((), (), None)
    assert list(files(account)) == ["sales/mine.yaml"]


def test_two_of_one_name_get_two_addresses(account: Account) -> None:
    one, other = create(account, name="A"), create(account, name="A ", first_sentence="Hi")
    create(account, name="B")
    adoption = pull(account)
    assert {each.address: each.notes for each in adoption.adopted} == {
        "a": ("`a-2` has this name, too; only the lock tells them apart",),
        "a-2": ("`a` has this name, too; only the lock tells them apart",),
        "b": (),
    }
    assert {account.lock[address]["id"] for address in ("a", "a-2")} == {one, other}
    assert account.run("plan").told == IN_SYNC
    found = account.run("lint", "-o", "json")
    assert (found.code, [(each["code"], each["severity"]) for each in found.json["findings"]]) == (
        0,
        [("RVX601", "warning")],
    )
    account.lock_path.unlink()  # which the cache of lint has seen
    assert account.run("lint").code == 1
    ran = account.run("plan", "-o", "json")
    assert (ran.code, ran.json["summary"]["blocked"]) == (0, 2)
    assert [each["address"] for each in ran.json["changes"]] == ["b"]
    assert account.run("import", "a", account.store.all()[0]["id"]).code == 0


def test_the_second_of_a_name_can_be_taken_later(account: Account) -> None:
    create(account, name="A")
    other = create(account, name="A", first_sentence="Hi")
    assert [each.id for each in pull(account, other, new=False).adopted] == [other]
    assert account.run("plan").told == IN_SYNC
    assert [each.address for each in pull(account).adopted] == ["a-2"]
    assert account.run("plan").told == IN_SYNC


def test_renamed_alike_in_the_dashboard(account: Account) -> None:
    account.declare("a", name="A")
    account.declare("b", name="B")
    account.applied()
    account.edit("B", name="A")
    assert account.run("pull").code == 0
    assert account.run("plan").told == IN_SYNC


def test_sub_assistants_come_by_id_only(account: Account) -> None:
    hidden = create(account, name="Step", type="sub-assistant", faq_items=[{"question": "Q", "answer": "A"}])
    assert pull(account).adopted == ()
    (adopted,) = pull(account, hidden).adopted
    assert b"type: sub-assistant" in files(account)["step.yaml"]
    assert adopted.id == account.lock["step"]["id"] == hidden
    assert account.run("plan").told == IN_SYNC


def test_a_sub_assistant_whose_lock_entry_was_not_written(account: Account) -> None:
    hidden = create(account, name="Step", type="sub-assistant")
    pull(account, hidden)
    account.lock_path.unlink()
    (skipped,) = pull(account, hidden).skipped
    assert f"revox-sync import step {hidden}" in skipped.hint
    assert account.run("import", "step", hidden).code == 0
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize("lock", [None, ".revox/other.lock.json", ".revox/local/other.lock.json"])
def test_an_id_that_is_bound(account: Account, lock: str | None) -> None:
    made = create(account, name="A")
    if lock is None:
        pull(account)
    else:
        account.write(lock, {"assistants": {"a": {"id": made}, "": "note"}})
    with pytest.raises(UsageError, match=f"{made} is bound to `a`"):
        pull(account, made)
    assert pull(account).adopted == ()


def test_an_id_that_does_not_exist(account: Account) -> None:
    with pytest.raises(UsageError, match="no assistant `asst_none`"):
        pull(account, "asst_none")


@pytest.mark.parametrize(
    "present",
    ["assistants/A.yml", "assistants/a.txt", "assistants/prompts/a.txt", ".revox/other.lock.json", "more/a.yaml"],
)
def test_nothing_is_taken_for_something_else(account: Account, present: str) -> None:
    content = {"name": "B", "prompt": "Hi"}
    account.configure(assistants=["assistants", "more"])
    account.write(present, {"assistants": {"a": {"id": "asst_x"}}} if present.startswith(".revox") else content)
    before = (account.root / present).read_bytes()
    create(account, name="A", prompt=LONG)
    assert [each.address for each in pull(account).adopted] == ["a-2"]
    assert (account.root / present).read_bytes() == before
    assert {"a-2.yaml", "prompts/a-2.md"} <= files(account).keys()


def test_an_assistant_that_nobody_reads_may_be_any_of_them(account: Account) -> None:
    account.write("assistants/b.json", {"name": "B", "prompt": "Hi"})
    create(account, name="A", prompt=LONG)
    with pytest.raises(BrokenFilesError, match=r"`assistants/b\.json` has no name that can be read"):
        pull(account)


def test_an_orphan_keeps_its_address(account: Account) -> None:
    account.declare("a", name="Orphan")
    account.applied()
    (account.root / "assistants/a.yaml").unlink()
    create(account, name="A")
    assert [each.address for each in pull(account).adopted] == ["a-2"]
    assert sorted(account.lock) == ["a", "a-2"]


def test_a_file_that_hides_its_name_could_mean_anybody(account: Account) -> None:
    create(account, name="A")
    account.write("assistants/broken.yaml", "name: [")
    with pytest.raises(BrokenFilesError, match=r"broken\.yaml"):
        pull(account)
    assert list(files(account)) == ["broken.yaml"]


def test_a_folder_that_is_a_link_out_of_the_project(account: Account, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    account.declare("a")
    (account.root / "assistants/prompts").symlink_to(tmp_path / "elsewhere")
    create(account, name="B")
    create(account, name="C", prompt=LONG)
    with pytest.raises(BrokenFilesError, match="`assistants/prompts` has no name that can be read"):
        pull(account)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not account.lock_path.exists()
    assert sorted(files(account)) == ["a.yaml"]


@pytest.mark.parametrize("text", ['{"assistants": 5}', '{"assistants": [{}]}', '{"assistants": null}', "[" * 100_000])
def test_a_broken_lock_of_another_environment_stops_nothing(account: Account, text: str) -> None:
    create(account, name="A")
    account.write(".revox/other.lock.json", text)
    ran = account.run("pull", "--new")
    assert ran.code == 0, ran.err
    assert account.run("plan").told == IN_SYNC


def test_what_was_pulled_is_told_whatever_stops_the_rest(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.edit("a", first_sentence="Hi")
    ran = account.run("pull", "--new", "--id", "asst_0")
    assert ran.code == 64
    assert ran.told.startswith("a  (assistants/a.yaml)\n  < first_sentence\n")
