"""A journey: assistants that answer numbers and are dialled by campaigns are not taken away."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from revox_sync.errors import ExitCode
from tests.account import Account
from tests.cli.test_replaced_lock import during

NUMBER = "+33199001200"


@pytest.fixture
def api(account: Account) -> Iterator[httpx.Client]:
    """A client of the account's server, as the dashboard is one."""
    account.configure(safety={"max_deletes": 5})
    account.declare("a", first_sentence="Hello.")
    account.declare("b")
    account.applied()
    with httpx.Client(base_url=account.base_url, headers={"Authorization": "Bearer emulator"}) as client:
        yield client


def give_number(account: Account, api: httpx.Client, name: str = "a") -> None:
    bound = {"inbound_assistant_id": account.remote(name)["id"]}
    assert api.patch(f"/phone-numbers/pn_{NUMBER[1:]}", json=bound).status_code == 200


def run_campaign(account: Account, api: httpx.Client, name: str = "a") -> None:
    body = {"name": "Spring", "assistant_id": account.remote(name)["id"], "contacts": []}
    assert api.post("/campaigns", json=body).status_code == 200


def remove(account: Account, name: str) -> None:
    (account.root / f"assistants/{name}.yaml").unlink()


@pytest.mark.parametrize(("use", "words"), [(give_number, f"it answers {NUMBER}"), (run_campaign, 'campaign "Spring"')])
def test_prune_leaves_what_is_in_use(account: Account, api: httpx.Client, use: object, words: str) -> None:
    assert callable(use)
    use(account, api)
    remove(account, "a")
    remove(account, "b")
    plan = account.plan("--prune")
    assert plan["summary"] == plan["summary"] | {"delete": 1, "blocked": 1}
    ran = account.apply("--prune")
    assert ran.code == ExitCode.REFUSED
    assert words in " ".join(ran.out.split())
    assert [each["name"] for each in account.store.all()] == ["a"]
    account.applied("--prune", "--even-if-used", "a")
    assert account.store.all() == []


def test_a_saved_plan_is_looked_at_again(account: Account, api: httpx.Client) -> None:
    remove(account, "a")
    path = account.root / "plan.json"
    assert account.run("plan", "--prune", "--save", str(path)).code == 0
    give_number(account, api)
    ran = account.run("apply", str(path))
    assert ran.code == ExitCode.REFUSED, ran.out + ran.err
    assert account.remote("a")
    # What was excused when it was made is excused when it is carried out.
    assert account.run("plan", "--prune", "--even-if-used", "a", "--save", str(path)).code == 0
    assert "it answers" in " ".join(account.run("show", str(path)).out.split())
    assert account.run("apply", str(path)).code == 0
    assert [each["name"] for each in account.store.all()] == ["b"]


@pytest.mark.parametrize("options", [(), ("-q",)], ids=["told", "told with -q, too"])
def test_a_number_given_after_the_plan_was_made(account: Account, api: httpx.Client, options: tuple[str, ...]) -> None:
    """Somebody may read a plan for minutes before the yes: apply looks again before it deletes anything."""
    assert api
    remove(account, "a")
    bound = {"id": f"pn_{NUMBER[1:]}", "inbound_assistant_id": account.remote("a")["id"]}
    during(account, "GET", lambda: account.store.keep("phone_number", bound), "/campaigns")
    ran = account.apply("--prune", *options)
    assert ran.code == ExitCode.REFUSED
    assert "1 to delete" in ran.out
    assert f"a: it answers {NUMBER}" in " ".join(ran.err.split())
    assert account.remote("a")


def test_a_key_that_may_not_look_takes_nothing_away(account: Account, api: httpx.Client) -> None:
    assert api
    remove(account, "a")
    account.serve(account.store, "forbid:phone-numbers,campaigns")
    ran = account.apply("--prune")
    assert ran.code == ExitCode.REFUSED
    assert "whether it is in use is unknown" in " ".join(ran.out.split())
    account.applied("--prune", "--even-if-used", "a")
    assert [each["name"] for each in account.store.all()] == ["b"]


def test_a_change_of_type_is_refused(account: Account, api: httpx.Client) -> None:
    give_number(account, api)
    account.declare("a", first_sentence="Hello.", type="sub-assistant")
    assert account.apply().code == ExitCode.REFUSED
    assert account.remote("a")["type"] == "standalone"


def test_callers_who_will_hear_it_are_named(account: Account, api: httpx.Client) -> None:
    give_number(account, api)
    account.declare("a", first_sentence="Good morning.")
    (note,) = account.plan()["notes"]
    assert note == f"a: callers of {NUMBER} (Sales and booking) will hear this"
    assert "callers of +33199001200" in " ".join(account.run("plan", "-o", "markdown").out.split())
    account.applied()
    # Nothing is asked when nothing is heard or taken away.
    account.plan()
    assert [sent for sent in account.switchboard.sent if "phone-numbers" in sent.path] == []


def test_status_shows_the_numbers(account: Account, api: httpx.Client) -> None:
    give_number(account, api)
    assert f"answers {NUMBER} (Sales and booking)" in " ".join(account.run("status").out.split())
    account.serve(account.store, "forbid:phone-numbers")
    ran = account.run("status")
    assert ran.code == 0
    assert "which phone numbers they answer is not all known" in " ".join(ran.out.split())


def test_an_exception_for_nobody_is_a_slip(account: Account, api: httpx.Client) -> None:
    assert api
    remove(account, "a")
    ran = account.run("plan", "--prune", "--even-if-used", "aa")
    assert ran.code == ExitCode.USAGE
    assert "aa" in ran.err
