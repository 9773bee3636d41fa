"""A pull request that changes no assistant, but who gets the key, what is checked, or whose id is whose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.cli.main import run
from tests.account import SCHEMAS, Ran
from tests.source.repository import Repository

SCHEMA = json.loads((SCHEMAS / "diff.schema.json").read_text("utf-8"))
QUIET = "No changes. Both versions mean the same.\n"
CONFIGURATION = """\
version: 1
default_environment: staging
environments:
  staging: {base_url: "http://127.0.0.1:8787/api", api_key: emulator, vars: {hooks: "https://stage.example.com"}}
  production: {api_key: !env REVOX_API_KEY, vars: {hooks: "https://hooks.example.com", token: abc-canary}}
lint: {select: [ALL], ignore: [RVX209]}
safety: {max_deletes: 1, protect: ["sales/*"]}
"""
LOCKED = {"digest": 1, "leaves": {}, "name": "A"}
LOCK = {
    "format": "revox-sync/lock",
    "version": 1,
    "environment": "production",
    "base_url": "https://www.getrevox.com/api",
    "organization_id": "org_1",
    "assistants": {"a": {"id": "asst_1", **LOCKED}, "b": {"id": "asst_2", **LOCKED}},
}
LOCK_PATH = ".revox/production.lock.json"
A = "name: A\nprompt: Hi # of ours\n"
FILES = {"revox-sync.yaml": CONFIGURATION, "assistants/a.yaml": A, LOCK_PATH: json.dumps(LOCK)}
CANARY = "canary"
Diff = Callable[..., Ran]


def lock(**changes: Any) -> str:
    return json.dumps(LOCK | changes)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.create(tmp_path / "project")
    made.commit(FILES)
    return made


@pytest.fixture
def diff(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Diff:
    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(["-C", str(repository.root), "diff", "HEAD", *arguments])
        ran = Ran(code, *capsys.readouterr())
        assert CANARY not in ran.out + ran.err
        return ran

    return call


def configured(old: str, new: str) -> Mapping[str, str]:
    assert old in CONFIGURATION
    return {"revox-sync.yaml": CONFIGURATION.replace(old, new)}


Case = tuple[Mapping[str, str], str, Any, Any]
"""Files that are written, the path that changes, and its value before and afterwards."""
CASES: Mapping[str, Case] = {
    "another host": (
        configured("production: {", 'production: {base_url: "https://evil.example/api", '),
        "environments.production.base_url",
        None,
        "https://evil.example/api",
    ),
    "a host from a variable": (
        configured('base_url: "http://127.0.0.1:8787/api"', "base_url: !env WHERE"),
        "environments.staging.base_url",
        "http://127.0.0.1:8787/api",
        "!env WHERE",
    ),
    "another variable for the key": (
        configured("!env REVOX_API_KEY", "!env AWS_SECRET_ACCESS_KEY"),
        "environments.production.api_key",
        "!env REVOX_API_KEY",
        "!env AWS_SECRET_ACCESS_KEY",
    ),
    "a key in plain text": (
        configured("api_key: emulator", "api_key: canary"),
        "environments.staging.api_key",
        "(sensitive)",
        "(sensitive)",
    ),
    "a text like a variable": (
        configured("api_key: !env REVOX_API_KEY", 'api_key: "!env REVOX_API_KEY"'),
        "environments.production.api_key",
        "!env REVOX_API_KEY",
        "(sensitive)",
    ),
    "an ignored field": (
        configured("safety:", 'ignore_changes: {"sales/*": [voice]}\nsafety:'),
        'ignore_changes["sales/*"]',
        None,
        ["voice"],
    ),
    "more deletes": (configured("max_deletes: 1", "max_deletes: 100"), "safety.max_deletes", 1, 100),
    "assistants left to others": (
        configured("safety:", "unmanaged: [a, 'B *']\nsafety:"),
        "unmanaged",
        None,
        ["B *", "a"],
    ),
    "a number that may be called": (
        configured("protect: [", 'test_numbers: ["+33199001234"], protect: ['),
        "safety.test_numbers",
        [],
        ["+33199001234"],
    ),
    "less protection": (configured(', protect: ["sales/*"]', ""), "safety.protect", ["sales/*"], []),
    "fewer rules": (configured("[RVX209]", "[RVX209, RVX5]"), "lint.ignore", ["RVX209"], ["RVX209", "RVX5"]),
    "a rule that is no error": (
        configured("ignore: [RVX209]", "ignore: [RVX209], severity: {RVX5: info}"),
        "lint.severity.RVX5",
        None,
        "info",
    ),
    "rules by file": (
        configured("ignore: [RVX209]", 'ignore: [RVX209], per-file-ignores: {"a*": [RVX5]}'),
        'lint.per-file-ignores["a*"]',
        None,
        ["RVX5"],
    ),
    "other folders": (
        {"revox-sync.yaml": CONFIGURATION + "assistants: [assistants, more]\n"},
        "assistants",
        ["assistants"],
        ["assistants", "more"],
    ),
    "a contract": ({"revox-sync.yaml": CONFIGURATION + 'contract: "0.4"\n'}, "contract", None, "0.4"),
    "a contract of one environment": (
        configured("production: {", 'production: {contract: "0.1", '),
        "environments.production.contract",
        None,
        "0.1",
    ),
    "another default environment": (
        configured("default_environment: staging", "default_environment: production"),
        "default_environment",
        "staging",
        "production",
    ),
    "a variable of another environment": (
        configured("https://hooks.example.com", "https://evil.example"),
        "environments.production.vars.hooks",
        "https://hooks.example.com",
        "https://evil.example",
    ),
    "a credential among the variables": (
        configured("abc-canary", "xyz-canary"),
        "environments.production.vars.token",
        "(sensitive)",
        "(sensitive)",
    ),
    "true is not 1": (
        configured("token: abc-canary", "token: abc-canary, one: 1"),
        "environments.production.vars.one",
        None,
        1,
    ),
    "an environment": (
        {"revox-sync.yaml": CONFIGURATION.replace("  staging", "  test: {}\n  staging")},
        "environments.test",
        None,
        {},
    ),
    "defaults": (
        {"revox-sync.yaml": CONFIGURATION + "defaults: {sms_enabled: true}\n"},
        "defaults.sms_enabled",
        None,
        True,
    ),
    "defaults of another environment": (
        {"revox-sync.yaml": CONFIGURATION + "defaults: {first_sentence: !var hooks}\n"},
        "environments.production.defaults.first_sentence",
        None,
        "https://hooks.example.com",
    ),
    "a suppression": (
        {"assistants/a.yaml": A.replace("of ours", "revox: ignore[RVX203] fine")},
        'suppressions["assistants/a.yaml"]',
        None,
        ["prompt: ignore[RVX203] fine"],
    ),
    "a suppression of a whole file": (
        {"assistants/a.yaml": "# revox: ignore-file[RVX5] fine\n" + A},
        'suppressions["assistants/a.yaml"]',
        None,
        ["ignore-file[RVX5] fine"],
    ),
    "another id": (
        {LOCK_PATH: lock(assistants=LOCK["assistants"] | {"a": {"id": "asst_9", **LOCKED}})},  # type: ignore[operator]
        "locks.production.assistants.a",
        "asst_1",
        "asst_9",
    ),
    "a removed entry": (
        {LOCK_PATH: lock(assistants={"a": {"id": "asst_1", **LOCKED}})},
        "locks.production.assistants.b",
        "asst_2",
        None,
    ),
    "another URL in the lock": (
        {LOCK_PATH: lock(base_url="https://evil.example/api")},
        "locks.production.base_url",
        "https://www.getrevox.com/api",
        "https://evil.example/api",
    ),
    "another organisation": (
        {LOCK_PATH: lock(organization_id="org_2")},
        "locks.production.organization_id",
        "org_1",
        "org_2",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_change_of_what_decides_trust_is_shown(repository: Repository, diff: Diff, case: Case) -> None:
    files, path, before, after = case
    if path == "environments.staging.api_key":
        repository.commit(configured("api_key: emulator", "api_key: other-canary"))
    repository.write(files)
    document = diff("-o", "json").json
    Draft202012Validator(SCHEMA).validate(document)
    expected = {"path": path, "before": before, "after": after}
    shown = [each for each in document["configuration"] if each["path"] == path]
    assert shown == [expected], document["configuration"]
    text = diff()
    assert text.out.splitlines()[2] == "  # Configuration was changed   (trust)"
    assert QUIET not in text.out
    assert diff("-o", "markdown").out.index("`Configuration`") < 700
    assert 'class="card configuration"' in diff("-o", "html").out
    assert diff("--detailed-exitcode").code == 2
    stopped = diff("--fail-on-impact", "trust")
    assert (stopped.code, f"{path} (trust)" in stopped.err) == (4, True)


@pytest.mark.parametrize(
    "files",
    [
        {"revox-sync.yaml": "# for us\n" + CONFIGURATION.replace("version: 1\n", "") + "# end\n"},
        configured("safety: {max_deletes: 1", "safety: {'max_deletes': 0x1"),
        configured(
            '{hooks: "https://hooks.example.com", token',
            '\n      {token: abc-canary, hooks: "https://hooks.example.com"} }\n#',
        ),
        configured("[RVX209]", "[\n    RVX209, # enough\n  ]"),
        {"revox-sync.yaml": CONFIGURATION + "assistants: assistants\ndefaults: {}\n"},
        {"assistants/a.yaml": "# a comment\n" + A.replace("of ours", "of all")},
        {LOCK_PATH: json.dumps(LOCK, indent=2)},
        {".revox/local/test.lock.json": lock()},
    ],
)
def test_what_means_the_same_is_no_change(repository: Repository, diff: Diff, files: Mapping[str, str]) -> None:
    repository.write(files)
    assert diff("-o", "json").json["configuration"] == []
    assert diff("--detailed-exitcode", "--fail-on-impact", "trust").code == 0
    assert diff().out.endswith(QUIET)


def test_a_suppression_that_moves_to_another_key_is_a_change(repository: Repository, diff: Diff) -> None:
    ours, theirs = "name: A\nprompt: Hi{}\nfirst_sentence: Hello{}\n", " # revox: ignore[RVX2] fine"
    repository.commit({"assistants/a.yaml": ours.format(theirs, "")})
    repository.write({"assistants/a.yaml": "\n\n" + ours.format(theirs, "")})
    assert diff().out.endswith(QUIET)
    repository.write({"assistants/a.yaml": ours.format("", theirs)})
    (change,) = diff("-o", "json").json["configuration"]
    assert (change["before"], change["after"]) == (["prompt: ignore[RVX2] fine"], ["first_sentence: ignore[RVX2] fine"])


def test_a_suppression_in_a_fragment(repository: Repository, diff: Diff) -> None:
    repository.commit(
        {"assistants/_f.yaml": "text: Hi\n", "assistants/a.yaml": "name: A\nprompt: !include _f.yaml#/text\n"}
    )
    repository.write({"assistants/_f.yaml": "text: Hi # revox: ignore[RVX2] fine\n"})
    assert [each["path"] for each in diff("-o", "json").json["configuration"]] == ['suppressions["assistants/_f.yaml"]']


@pytest.mark.parametrize("content", ["{}", "<<<<<<< ours\n", "", "[" * 100_000])
def test_a_lock_that_nobody_can_read_is_shown(repository: Repository, diff: Diff, content: str) -> None:
    repository.write({LOCK_PATH: content})
    (*_, change) = diff("-o", "json").json["configuration"]
    assert change["path"].startswith("locks.production")


def test_a_large_lock_is_read(repository: Repository, diff: Diff) -> None:
    many = {f"a{number}": {"id": f"asst_{number}", **LOCKED, "name": "x" * 200} for number in range(6_000)}
    repository.commit({LOCK_PATH: lock(assistants=many)})
    many.pop("a77")
    repository.write({LOCK_PATH: lock(assistants=many)})
    assert diff("-o", "json").json["configuration"] == [
        {"path": "locks.production.assistants.a77", "before": "asst_77", "after": None}
    ]


def test_the_configuration_is_not_pushed_out_of_a_comment(repository: Repository, diff: Diff) -> None:
    repository.write(configured("max_deletes: 1", "max_deletes: 100"))
    repository.write({f"assistants/n{number}.yaml": f"name: N {number}\nprompt: Hi\n" for number in range(300)})
    assert "safety.max_deletes" in diff("-o", "markdown", "--max-chars", "3000").out


def test_trust_is_the_impact_of_diff_alone(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("plan", "show plan.json"):
        assert run(["-C", str(repository.root), *command.split(), "--fail-on-impact", "trust"]) == 64
        assert "trust" in capsys.readouterr().err
