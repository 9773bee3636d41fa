"""A configuration from a pull request sends the key of the one who runs it to a host of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.account import KEY, Account

ELSEWHERE = "127.1"
"""This machine under a name that does not count as such, so that requests that are allowed arrive."""
AFTERWARDS = ("status", "pull --check", "apply --auto-approve", "plan -o json")
COMMANDS = (
    "plan",
    "status",
    "apply --auto-approve",
    "pull --check",
    "pull --new",
    "import a asst_1",
    "lint --online",
)


def configured(account: Account, base_url: str) -> Account:
    account.declare("a")
    account.write("revox-sync.yaml", f"environments: {{test: {{base_url: {base_url}, api_key: {KEY}}}}}\n")
    return account


def at(account: Account, host: str = ELSEWHERE) -> str:
    return account.base_url.replace("127.0.0.1", host)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    for name in ("REVOX_BASE_URL", "REVOX_SYNC_ALLOW_HOSTS", "REVOX_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_sends_the_key_to_a_host_that_only_the_configuration_names(account: Account, command: str) -> None:
    ran = configured(account, at(account)).run("--insecure-http", *command.split())
    assert (ran.code, account.switchboard.sent) == (4, [])
    assert ran.err == (
        f"error: `base_url` of environment `test` would send the API key to `{ELSEWHERE}`, a host that only "
        f"revox-sync.yaml names\n  if you trust it: --allow-host {ELSEWHERE}, or REVOX_SYNC_ALLOW_HOSTS={ELSEWHERE}\n"
    )
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.www.getrevox.com",
        "getrevox.com",
        "www.getrevox.com.",
        "www.getrevox.com.evil.example",
        "ｗｗｗ.getrevox.com",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "0.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::1].evil.example",
    ],
)
def test_a_host_is_the_official_one_or_it_is_not(account: Account, host: str) -> None:
    ran = configured(account, f'"https://{host}/api"').run("plan")
    assert (ran.code, account.switchboard.sent) in ((4, []), (64, []))


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["--allow-host", "127.1"], {}),
        (["--allow-host", "other.example", "--allow-host", "127.1"], {}),
        ([], {"REVOX_SYNC_ALLOW_HOSTS": "127.1"}),
        ([], {"REVOX_SYNC_ALLOW_HOSTS": " other.example , 127.1,"}),
        ([], {"REVOX_BASE_URL": "https://127.1/other"}),
    ],
)
def test_a_host_that_the_user_names(
    account: Account, arguments: Sequence[str], variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = configured(account, at(account)).run("--insecure-http", *arguments, "plan")
    assert ran.code == 0, ran.err
    assert account.switchboard.sent


@pytest.mark.parametrize("named", ["1", "27.1", "0.127.1", "127.1.example", "127.1:1", "*"])
def test_a_host_is_compared_exactly(account: Account, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(account, at(account))
    assert account.run("--insecure-http", "plan", "--allow-host", named).code in {4, 64}
    monkeypatch.setenv("REVOX_SYNC_ALLOW_HOSTS", named)
    assert account.run("--insecure-http", "plan").code in {4, 64}
    assert account.switchboard.sent == []


def test_the_line_to_add_works_as_printed(account: Account) -> None:
    configured(account, at(account))
    line = account.run("--insecure-http", "plan").err.splitlines()[1]
    arguments = line.removeprefix("  if you trust it: ").partition(",")[0].split()
    assert account.run("--insecure-http", "plan", *arguments).code == 0


def test_a_url_from_a_variable_is_compared_and_not_printed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", at(account))
    configured(account, "!env WHERE")
    ran = account.run("--insecure-http", "plan", "-v")
    assert (ran.code, account.switchboard.sent) == (4, [])
    assert ELSEWHERE not in ran.out + ran.err
    unencrypted = account.run("plan")
    assert (unencrypted.code, ELSEWHERE in unencrypted.err) == (64, False)
    assert account.run("--insecure-http", "plan", "--allow-host", ELSEWHERE).code == 0


@pytest.mark.parametrize("written", ["https://127.1", "127.1/api", "a b", "user@127.1", "127.1,other.example"])
def test_what_is_no_host_is_a_usage_error(account: Account, written: str) -> None:
    ran = configured(account, at(account)).run("--insecure-http", "plan", "--allow-host", written)
    assert (ran.code, account.switchboard.sent) == (64, [])
    assert "is no host" in ran.err


def test_without_a_request_any_host_will_do(account: Account) -> None:
    account.declare("a")
    account.run("plan", "--save-snapshot", str(account.root / "snapshot.json"))
    ran = account.run("plan", "--remote-snapshot", str(account.root / "snapshot.json"))
    assert ran.code == 0
    account.write("revox-sync.yaml", "environments: {test: {base_url: 'https://evil.example'}}\n")
    ran = account.run("plan", "--remote-snapshot", str(account.root / "snapshot.json"))
    assert "evil.example`, a host" not in ran.err


HOST = "127.0.0.1"


@pytest.mark.parametrize("host", [HOST, ELSEWHERE])
def test_a_url_from_an_environment_variable_is_compared_and_never_printed_or_kept(
    account: Account, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    configured(account, "!env STAGE_URL")
    monkeypatch.setenv("STAGE_URL", at(account, host))
    trusted = ("--insecure-http", "--allow-host", host)
    out = account.root / "out"
    reports = [word for form in ("markdown", "html", "json") for word in ("-o", f"{form}:{out / form}")]
    saved = ["--save", f"{out / 'plan.json'}", "--save-snapshot", f"{out / 'snapshot.json'}"]
    plan = account.run("plan", *trusted, *saved, "-o", "text", *reports)
    assert plan.out.startswith("Environment test: !env STAGE_URL (")
    ran = [
        plan,
        account.run("show", str(out / "plan.json")),
        account.run("plan", "--remote-snapshot", str(out / "snapshot.json"), *trusted),
        account.run("apply", str(out / "plan.json"), *trusted),
        *(account.run(*words.split(), *trusted) for words in AFTERWARDS),
    ]
    assert [each.err for each in ran if each.code] == []
    account.disturb("GET", status=307, body={"see": at(account, host)})
    ran += [account.run("plan", *trusted), account.run("plan", *trusted, "--timeout", "1")]
    kept = [path for path in account.root.rglob("*") if path.is_file()]
    assert {"plan.json", "snapshot.json", "markdown", "html", "json", "test.lock.json"} <= {path.name for path in kept}
    said = [each.out + each.err for each in ran] + [path.read_text("utf-8") for path in kept]
    assert [text for text in said if host in text.replace(f"--allow-host {host}", "")] == []


def test_another_url_in_the_variable_is_another_api(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(account, "!env STAGE_URL")
    trusted = ("--insecure-http", "--allow-host", ELSEWHERE)
    monkeypatch.setenv("STAGE_URL", at(account))
    account.run("plan", *trusted, "--save", str(account.root / "plan.json"))
    assert account.run("apply", "--auto-approve", *trusted).code == 0
    monkeypatch.setenv("STAGE_URL", at(account) + "/other")
    for words in (("plan",), ("apply", str(account.root / "plan.json"))):
        ran = account.run(*words, *trusted)
        assert ran.code == 4
        assert "base URL !env STAGE_URL (" in ran.err
        assert ELSEWHERE not in ran.err


def test_a_lock_with_the_url_itself_is_that_of_the_variable(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(account, at(account))
    trusted = ("--insecure-http", "--allow-host", ELSEWHERE)
    assert account.run("apply", "--auto-approve", *trusted).code == 0
    configured(account, "!env STAGE_URL")
    monkeypatch.setenv("STAGE_URL", at(account))
    ran = account.run("plan", *trusted)
    assert (ran.code, "No changes." in ran.out) == (0, True), ran
