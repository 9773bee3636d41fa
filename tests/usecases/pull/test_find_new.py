"""Which assistants `pull --new` takes: by patterns, into folders, and sub-assistants by what others say of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.account import Account, Fault
from tests.cli.commands.plans import IN_SYNC
from tests.usecases.pull.adopting import create, files

LONG = "".join(f"{number}. Say it.\n" for number in range(30))


def flow(*bodies: str) -> dict[str, Any]:
    nodes = [
        {"id": f"n{number}", "type": "promptBlock", "data": {"title": "T", "body": body}, "position": {"x": 0, "y": 0}}
        for number, body in enumerate(bodies)
    ]
    return {"nodes": nodes, "edges": []}


@pytest.fixture
def named(account: Account) -> Account:
    for name in ("Support Paris", "Support Lyon", "[TEST] Bot", "Sales", "Sales"):
        create(account, name=name)
    return account


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["support-*"], {"support-paris", "support-lyon"}),
        (["Support *"], {"support-paris", "support-lyon"}),
        (["[TEST] *"], {"test-bot"}),
        (["sales-2"], {"sales-2"}),
        (["Sales"], {"sales", "sales-2"}),
        (["s*", "--exclude", "Support Lyon"], {"support-paris", "sales", "sales-2"}),
        (["--exclude", "s*"], {"test-bot"}),
        (["sales", "--into", "fr/old"], {"fr/old/sales"}),
        (["fr/s*", "--into", "assistants/fr/"], {"fr/support-paris", "fr/support-lyon", "fr/sales", "fr/sales-2"}),
    ],
)
def test_a_pattern_names_addresses_and_names(named: Account, arguments: list[str], expected: set[str]) -> None:
    check = named.run("pull", "--new", "--check", "-o", "json", *arguments)
    assert (check.code, files(named)) == (2, {})
    assert {each["address"] for each in check.json["adopted"]} == expected
    assert named.run("pull", "--new", *arguments).code == 0
    assert {path.removesuffix(".yaml") for path in files(named)} == set(named.lock) == expected


@pytest.mark.parametrize("arguments", [["suport-*"], ["Support *", "Marketing"], ["--exclude", "Nobody"]])
def test_a_pattern_that_names_nothing_is_an_error(named: Account, arguments: list[str]) -> None:
    ran = named.run("pull", "--new", *arguments)
    assert (ran.code, files(named)) == (64, {})
    assert f"no file has the address `{arguments[-1]}`, and no new assistant has that address or name" in ran.err
    assert not named.lock_path.exists()


def test_all_files_may_be_left_out(named: Account) -> None:
    named.declare("mine")
    named.applied()
    named.edit("mine", prompt="Edited.")
    ran = named.run("pull", "--new", "--exclude", "mine", "-o", "json")
    assert (ran.json["assistants"], len(ran.json["adopted"])) == ([], 5)


def test_what_is_left_out_altogether_is_an_error(named: Account) -> None:
    ran = named.run("pull", "--new", "--exclude", "*")
    assert (ran.code, files(named)) == (64, {})
    assert "--exclude leaves no assistant" in ran.err


def test_a_file_of_that_name_is_suggested(named: Account) -> None:
    assert named.run("pull", "--new", "Support Paris").code == 0
    ran = named.run("pull", "--new", "Support Paris")
    assert (ran.code, "did you mean `support-paris`?" in ran.err) == (64, True)


def test_a_pattern_may_name_files_and_new_ones(named: Account) -> None:
    named.declare("support-nice")
    named.declare("other")
    named.applied()
    named.edit("support-nice", prompt="Edited.")
    named.edit("other", prompt="Edited.")
    ran = named.run("pull", "--new", "-o", "json", "support-*")
    assert [each["address"] for each in ran.json["assistants"]] == ["support-nice"]
    assert [each["address"] for each in ran.json["adopted"]] == ["support-lyon", "support-paris"]
    # A pattern that names only new ones pulls nothing else.
    ran = named.run("pull", "--new", "-o", "json", "Sales")
    assert (ran.json["assistants"], len(ran.json["adopted"])) == ([], 2)


def test_what_is_left_to_others_is_not_taken(named: Account) -> None:
    named.configure(unmanaged=["Sales", "[TEST] *"])
    ran = named.run("pull", "--new", "Sales")
    assert (ran.code, "leaves to others" in ran.err) == (64, True)
    ran = named.run("pull", "--new", "-v", "-o", "json")
    assert [each["address"] for each in ran.json["adopted"]] == ["support-lyon", "support-paris"]
    assert "note: 3 remote assistants without a file left to others by `unmanaged`" in ran.err


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("../out", "`..`"),
        ("/x", "is no name"),
        (".hidden", "names that begin with `.`"),
        ("_shared", "names that begin with `.` or `_`"),
        ("a:b", "`a:b` is no name that every file system has"),
        ("a/con", "`con` is no name"),
        ("a\\b", "is no name"),
        ("fr/ ", "is no name"),
    ],
)
def test_a_folder_that_cannot_be(named: Account, folder: str, words: str) -> None:
    ran = named.run("pull", "--new", "--into", folder)
    assert (ran.code, files(named)) == (64, {})
    assert ran.err.startswith(f"error: --into {folder}: ")
    assert words in ran.err


def test_a_folder_alone_means_nothing(named: Account) -> None:
    ran = named.run("pull", "--into", "fr")
    assert (ran.code, "use it with --new or --id" in ran.err) == (64, True)


def test_a_long_prompt_is_found_from_a_folder(account: Account) -> None:
    made = create(account, name="Sales", prompt=LONG)
    create(account, name="Other", prompt=LONG)
    assert account.run("pull", "--id", made, "--into", "fr/south").code == 0
    assert account.run("pull", "--new", "--into", ".").code == 0
    assert set(files(account)) == {
        "fr/south/sales.yaml",
        "prompts/fr/south/sales.md",
        "other.yaml",
        "prompts/other.md",
    }
    assert account.run("plan").told == IN_SYNC


def test_sub_assistants_are_found_where_others_name_them(account: Account) -> None:
    last = create(account, name="Last step", type="sub-assistant")
    step = create(account, name="Step", type="sub-assistant", prompt_flow=flow(last))
    create(account, name="Unnamed step", type="sub-assistant")
    voice = {"id": "f786b574-daa5-4673-aa0c-cbe3e8534c02", "provider": "cartesia"}
    create(account, name="Main", prompt=f"Hand over to {step}, please.", voice=voice)
    ran = account.run("pull", "--new")
    assert ran.code == 0
    assert set(account.lock) == {"main", "step", "last-step"}
    assert "a sub-assistant: `main` names it in `prompt`" in ran.out
    assert "a sub-assistant: `step` names it in `prompt_flow.nodes[0].data.body`" in ran.out
    assert "Note: sub-assistants are in no list of the API" in ran.out
    assert account.run("plan").told == IN_SYNC


def test_sub_assistants_of_assistants_that_have_files(account: Account) -> None:
    account.declare("main")
    account.applied()
    step = create(account, name="Step", type="sub-assistant")
    account.edit("main", prompt_flow=flow("Hello", step))
    assert account.run("pull", "--new", "-o", "json").json["adopted"][0]["id"] == step
    assert account.run("pull", "--new", "-o", "json").json["adopted"] == []


def test_what_only_looks_like_an_id(account: Account) -> None:
    other = create(account, name="Other")
    likes = [other[:-4] + f"{number:04d}" for number in range(300)]
    create(account, name="Main", prompt=" ".join(likes))
    ran = account.run("pull", "--new")
    assert (ran.code, "Note: 100 more texts look like ids" in ran.out) == (0, True)
    asked = {sent.path for sent in account.switchboard.sent if sent.path.startswith("/assistants/")}
    assert len(asked & {f"/assistants/{each}" for each in likes}) == 200
    assert set(account.lock) == {"main", "other"}


def test_a_refusal_of_an_id_stops_nothing(account: Account) -> None:
    step = create(account, name="Step", type="sub-assistant")
    create(account, name="Main", prompt=step)
    account.switchboard.faults.append(Fault(lambda sent: sent.path.endswith(step), status=403))
    assert account.run("pull", "--new").code == 0
    assert set(account.lock) == {"main"}
