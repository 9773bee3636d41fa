"""`lint --online` against an emulated account: what is found, and what is asked for it."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any, Final

import pytest

from revox_sync.emulator.catalogue import PHONE_NUMBERS, VOICES
from tests.account import Account, Ran

KATIE: Final = {"id": VOICES[0]["id"], "provider": VOICES[0]["provider"]}
OWNED: Final = PHONE_NUMBERS[0]["phone_number"]
VOICE_LIST, NUMBER_LIST = "/voices", "/phone-numbers"


def lint(account: Account, *arguments: str) -> Ran:
    return account.run("lint", "--online", "-o", "json", *arguments)


def found(ran: Ran) -> list[tuple[str, str]]:
    """Code and path of each finding."""
    return [(each["code"], each["path"]) for each in ran.json["findings"]]


def asked(account: Account) -> list[str]:
    """What was asked, in order."""
    assert {each.method for each in account.switchboard.sent} <= {"GET"}
    return [each.path for each in account.switchboard.sent]


# Fields of three assistants, codes of the findings, and the lists that are asked for.
DECLARED: Final[dict[str, tuple[list[dict[str, Any]], list[str], list[str]]]] = {
    "nothing to ask about": ([{}, {}, {"webhook_url": "https://hooks.example.com/revox"}], [], []),
    "known voices": ([{"voice": KATIE}, {"voice": KATIE}, {}], [], [VOICE_LIST]),
    "unknown voice": ([{"voice": KATIE | {"id": "nobody"}}, {}, {}], ["RVX701"], [VOICE_LIST]),
    "voice of another provider": ([{}, {"voice": KATIE | {"provider": "gradium"}}, {}], ["RVX701"], [VOICE_LIST]),
    "owned number": ([{"from_phone_number": OWNED}, {"from_phone_number": OWNED}, {}], [], [NUMBER_LIST]),
    "unowned number": ([{"from_phone_number": "+33199009999"}, {}, {}], ["RVX702"], [NUMBER_LIST]),
    "both": (
        [
            {"voice": KATIE | {"id": "nobody"}, "from_phone_number": "+33199009999"},
            {"voice": KATIE, "from_phone_number": OWNED},
            {"from_phone_number": "+33199009998"},
        ],
        ["RVX702", "RVX701", "RVX702"],
        [VOICE_LIST, NUMBER_LIST],
    ),
}


@pytest.mark.parametrize(("declared", "codes", "lists"), DECLARED.values(), ids=DECLARED.keys())
def test_each_list_is_asked_for_once_and_only_when_needed(
    account: Account, declared: list[dict[str, Any]], codes: list[str], lists: list[str]
) -> None:
    for name, fields in zip("abc", declared, strict=True):
        account.declare(name, **fields)
    ran = lint(account)
    assert sorted(code for code, _ in found(ran)) == sorted(codes)
    assert ran.code == (1 if codes else 0)
    assert asked(account) == lists


def test_a_file_that_is_not_named_asks_for_nothing(account: Account) -> None:
    account.declare("a")
    account.declare("b", voice=KATIE)
    assert lint(account, str(account.root / "assistants" / "a.yaml")).code == 0
    assert asked(account) == []


def test_a_misspelt_voice_is_suggested_and_located(account: Account) -> None:
    account.declare("a", voice=KATIE | {"id": KATIE["id"][:-1]})
    (finding,) = lint(account).json["findings"]
    assert f"did you mean `{KATIE['id']}`?" in finding["message"]
    lines = (account.root / "assistants" / "a.yaml").read_text("utf-8").splitlines()
    assert '"id"' in lines[finding["line"] - 1]


def test_without_online_nothing_is_asked(account: Account) -> None:
    account.declare("a", voice=KATIE | {"id": "nobody"})
    assert account.run("lint", "-o", "json").code == 0
    assert asked(account) == []


def configure(account: Account, environments: Mapping[str, str], default: str | None = None) -> None:
    """Write a configuration with environments of this account, by their settings beside the URL."""
    head = f"version: 1\n{f'default_environment: {default}' if default else ''}\nenvironments:\n"
    lines = [f'  {name}: {{base_url: "{account.base_url}", {keys}}}\n' for name, keys in environments.items()]
    account.write("revox-sync.yaml", head + "".join(lines))


def test_a_refused_key_is_a_finding_and_asks_once_per_list(account: Account) -> None:
    configure(account, {"test": "api_key: wrong-canary"})
    account.declare("a", voice=KATIE)
    account.declare("b", voice=KATIE, from_phone_number=OWNED)
    account.declare("c", name="C", promt="Hi")
    ran = lint(account)
    assert [path for code, path in found(ran) if code == "RVX703"] == ["assistants/a.yaml"]
    assert ("RVX101", "assistants/c.yaml") in found(ran)
    assert ran.code == 1
    assert set(asked(account)) <= {NUMBER_LIST, VOICE_LIST}
    assert len(asked(account)) == len(set(asked(account)))
    assert "wrong-canary" not in ran.out + ran.err


def test_an_api_that_is_not_there_is_5(account: Account) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        closed = listener.getsockname()[1]
    account.write(
        "revox-sync.yaml",
        f'version: 1\nenvironments: {{test: {{base_url: "http://127.0.0.1:{closed}/api", api_key: emulator}}}}\n',
    )
    account.declare("a", voice=KATIE)
    ran = lint(account)
    assert (ran.code, ran.out) == (5, "")
    assert f"no connection to http://127.0.0.1:{closed}/api" in ran.err


def test_an_api_that_fails_is_5(account: Account) -> None:
    account.disturb("GET", status=500, body={"error": "out of order"})
    account.declare("a", voice=KATIE)
    ran = lint(account)
    assert (ran.code, ran.out) == (5, "")
    assert "out of order" in ran.err


def test_only_the_key_is_read_from_the_environment(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_KEY", "emulator")
    monkeypatch.setenv("T_VOICE", "nobody")
    configure(account, {"test": "api_key: !env T_KEY"})
    account.write(
        "assistants/a.yaml",
        "name: A\nprompt: Greet the caller.\nvoice: {id: !env T_VOICE, provider: cartesia}\n"
        f'from_phone_number: "{OWNED}"\n',
    )
    ran = lint(account)
    assert "RVX701" not in {code for code, _ in found(ran)}
    assert asked(account) == [NUMBER_LIST]


ENVIRONMENTS: Final = {"staging": "api_key: emulator", "production": "api_key: wrong"}


@pytest.mark.parametrize(
    ("default", "arguments", "codes"),
    [("staging", [], []), ("production", [], ["RVX703"]), ("production", ["--env", "staging"], [])],
)
def test_the_account_is_that_of_the_named_or_default_environment(
    account: Account, default: str, arguments: list[str], codes: list[str]
) -> None:
    configure(account, ENVIRONMENTS, default)
    account.declare("a", voice=KATIE)
    assert [code for code, _ in found(lint(account, *arguments))] == codes
    assert asked(account) == [VOICE_LIST]


@pytest.mark.parametrize(
    ("environments", "words"),
    [
        (ENVIRONMENTS, "use --env with one of staging, production"),
        ({"test": ""}, "set REVOX_API_KEY"),
        ({"test": "api_key: !env T_UNSET"}, "environment variable `T_UNSET` is not set"),
    ],
    ids=["no default", "no key", "unset variable"],
)
def test_what_is_missing_is_64_and_named(
    account: Account, monkeypatch: pytest.MonkeyPatch, environments: Mapping[str, str], words: str
) -> None:
    monkeypatch.delenv("REVOX_API_KEY", raising=False)
    monkeypatch.delenv("T_UNSET", raising=False)
    configure(account, environments)
    account.declare("a", voice=KATIE)
    ran = lint(account)
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err
    assert asked(account) == []


def test_requests_are_told_when_asked_to(account: Account) -> None:
    account.declare("a", voice=KATIE)
    ran = lint(account, "-v")
    assert ran.err.startswith("GET /voices 200 ")
    assert json.loads(ran.out)["summary"]["errors"] == 0
