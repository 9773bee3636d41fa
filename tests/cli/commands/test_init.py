"""`init`: what a project starts with, and that nothing which exists is touched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.contract.fields import known_contracts, newest_contract
from revox_sync.errors import ExitCode
from tests.account import Account
from tests.cli.commands.fresh import ALWAYS, GITHUB, SCHEMA, VSCODE, Init, fates, present, write
from tests.lint.project import lint_files


def test_from_nothing_to_applied(account: Account, init: Init, root: Path) -> None:
    assert init().code == ExitCode.OK
    assert present(root) == ALWAYS
    account.root = root
    configuration = root / "revox-sync.yaml"
    text = configuration.read_text("utf-8")
    assert "http://127.0.0.1:8787/api" in text
    configuration.write_text(text.replace("http://127.0.0.1:8787/api", account.base_url), "utf-8")
    assert account.run("lint", "--select", "ALL", "--online").out == "No findings in 1 file.\n"
    assert account.plan()["summary"]["create"] == 1
    account.applied()
    assert account.remote("Hello")
    assert account.run("plan", "--detailed-exitcode").told == "No changes. The API matches the files.\n"
    assert account.run("status").out.endswith("1 assistant: 1 in sync.\n")


def test_it_ends_with_the_next_commands(init: Init) -> None:
    out = init().out
    named = re.findall(r"(?m)^  revox-sync (\w+)", out.partition("\nNext:\n")[2])
    assert named == ["lint", "emulate", "plan", "apply"]


@pytest.mark.parametrize("contract", known_contracts())
def test_the_first_assistant_is_good_for_every_contract(init: Init, root: Path, contract: str) -> None:
    init()
    configuration = (root / "revox-sync.yaml").read_text("utf-8")
    pinned = f'contract: "{newest_contract()}"'
    assert pinned in configuration
    files = {
        "revox-sync.yaml": configuration.replace(pinned, f'contract: "{contract}"'),
        "assistants/hello.yaml": (root / "assistants" / "hello.yaml").read_text("utf-8"),
    }
    assert lint_files(files, "ALL").findings == ()


def test_every_line_of_the_configuration_is_explained(init: Init, root: Path) -> None:
    init()
    lines = (root / "revox-sync.yaml").read_text("utf-8").splitlines()
    assert [each for each in lines if each and "#" not in each] == ["environments:", "safety:"]


def test_what_exists_is_kept(init: Init, root: Path) -> None:
    mine = {
        "revox-sync.yaml": "version: 1\n",
        "assistants/hello.yaml": "name: Mine\nprompt: Hello.\n",
        ".pre-commit-config.yaml": "repos: [] # mine\n",
        ".gitignore": ".env\n",
        ".github/workflows/revox-sync.yml": "# mine\n",
        ".vscode/extensions.json": "{}\n",
        ".vscode/settings.json": "{} // mine\n",
        "revox-sync.schema.json": "{}\n",
    }
    write(root, mine)
    ran = init("--ci", "github")
    assert (ran.code, fates(ran)) == (ExitCode.OK, dict.fromkeys(mine, "kept"))
    assert {path: (root / path).read_text("utf-8") for path in present(root)} == mine


def test_a_second_time_nothing_is_written_or_asked_for(init: Init, root: Path) -> None:
    first = init("--ci", "gitlab")
    before = {path: (root / path).read_bytes() for path in present(root)}
    second = init("--ci", "gitlab")
    assert fates(first) == dict.fromkeys(before, "written")
    assert fates(second) == dict.fromkeys(before, "kept")
    assert "Add to" not in first.out + second.out
    assert {path: (root / path).read_bytes() for path in present(root)} == before


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        (".pre-commit-config.yaml", "repos: []\n", ["  repos:", "      hooks:", "          entry: revox-sync lint"]),
        (".gitlab-ci.yml", "stages: [test]\n", ["  include:", "    - local: .gitlab/revox-sync.gitlab-ci.yml"]),
        (VSCODE[0], "{}\n", ['    "recommendations": [', '      "redhat.vscode-yaml"']),
        (VSCODE[1], "{}\n", ['    "yaml.customTags": [', '      "!include scalar",', f'      "./{SCHEMA}": [']),
    ],
    ids=["hooks", "gitlab", "extensions", "settings"],
)
def test_what_a_shared_file_lacks_is_printed(init: Init, root: Path, path: str, text: str, lines: list[str]) -> None:
    write(root, {path: text})
    out = init("--ci", "gitlab").out
    assert f"\nAdd to {path}:\n" in out
    assert set(lines) <= {each.partition(" #")[0] for each in out.splitlines()}
    assert (root / path).read_text("utf-8") == text


def test_a_modeline_takes_the_place_of_settings(init: Init, root: Path) -> None:
    write(root, {"revox-sync.yaml": "assistants: voice/agents\n"})
    init("--modeline")
    assert present(root) == [*ALWAYS[:2], SCHEMA, "revox-sync.yaml", "voice/agents/hello.yaml"]
    first, *_ = (root / "voice" / "agents" / "hello.yaml").read_text("utf-8").splitlines()
    assert first == f"# yaml-language-server: $schema=../../{SCHEMA}"
    assert (root / "voice" / "agents" / "../.." / SCHEMA).is_file()


def test_the_schema_is_the_one_that_is_printed(init: Init, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init()
    run(["schema", "editor", "-C", str(root)])
    assert (root / SCHEMA).read_text("utf-8") == capsys.readouterr().out


def test_a_project_with_assistants_gets_no_other(init: Init, root: Path) -> None:
    write(root, {"assistants/support.yaml": "name: Support\nprompt: Help.\n"})
    ran = init()
    assert fates(ran)["assistants/hello.yaml"] == "skipped"
    assert present(root) == sorted({*ALWAYS, "assistants/support.yaml"} - {"assistants/hello.yaml"})


def test_the_first_assistant_goes_where_the_configuration_says(init: Init, root: Path) -> None:
    write(root, {"revox-sync.yaml": "assistants: [voice/agents, other]\n"})
    ran = init("--ci", "github")
    assert fates(ran) == {
        "revox-sync.yaml": "kept",
        "voice/agents/hello.yaml": "written",
        ".gitignore": "written",
        ".pre-commit-config.yaml": "written",
        GITHUB[0]: "written",
        SCHEMA: "written",
        **dict.fromkeys(VSCODE, "written"),
    }
    written = {*ALWAYS, *GITHUB, "voice/agents/hello.yaml"} - {"assistants/hello.yaml"}
    assert present(root) == sorted(written)
    schemas = json.loads((root / VSCODE[1]).read_text("utf-8"))["yaml.schemas"][f"./{SCHEMA}"]
    assert {"voice/agents/**/*.yaml", "other/**/*.yml", "!**/_*/**"} <= set(schemas)


def test_locks_made_without_a_configuration_keep_their_environment(init: Init, root: Path) -> None:
    write(root, {".revox/default.lock.json": '{"assistants": {"hello": {}}}', "assistants/hello.yaml": "name: Mine\n"})
    ran = init()
    assert fates(ran)["revox-sync.yaml"] == "skipped"
    assert not (root / "revox-sync.yaml").exists()


def test_without_an_example_an_account_comes_next(init: Init, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    out = init("--no-example").out
    assert present(root) == [each for each in ALWAYS if not each.startswith("assistants/")]
    named = [line.split("  ")[1] for line in out.partition("\nNext:\n")[2].splitlines()]
    assert named == [
        "revox-sync env --online -e production",
        "revox-sync pull --new -e production",
        "revox-sync lint",
        "revox-sync plan -e production",
    ]


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ({"revox-sync.yaml": "version: 1\n", "a/b/x": ""}, "a/b"),
        ({".git/HEAD": "", "assistants/sales/x.yaml": ""}, "assistants/sales"),
        ({".git/HEAD": "", "assistants/x.yaml": ""}, "assistants"),
    ],
    ids=["configured", "below the assistants", "the assistants"],
)
def test_no_project_inside_another(init: Init, root: Path, files: dict[str, str], folder: str) -> None:
    write(root, files)
    before = present(root)
    ran = init(at=root / folder)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert f"error: `{root / folder}` is part of the project in `{root}`\n  `revox-sync init -C {root}`" in ran.err
    assert present(root) == before


@pytest.mark.parametrize(
    ("name", "code"),
    [("assistants", ExitCode.USAGE), (".github", ExitCode.REFUSED), (".github/workflows", ExitCode.REFUSED)],
)
def test_a_link_out_of_the_folder_is_not_followed(init: Init, root: Path, name: str, code: ExitCode) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(outside)
    ran = init("--ci", "github")
    assert ran.code == code
    assert re.match(r"error: .*`\S+` is outside the project", ran.err)
    assert list(outside.iterdir()) == []
    assert present(root) == [name]


@pytest.mark.parametrize("path", [".pre-commit-config.yaml", "assistants/hello.yaml"])
def test_a_dangling_link_is_something(init: Init, root: Path, path: str) -> None:
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).symlink_to(root.parent / "nowhere")
    ran = init()
    assert (ran.code, fates(ran)[path]) == (ExitCode.OK, "kept")
    assert not (root.parent / "nowhere").exists()
    assert (root / path).is_symlink()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"revox-sync.yaml": "assistants: ["}, "revox-sync.yaml"),
        ({"revox-sync.yaml": "assistants: 1\n"}, "revox-sync.yaml"),
        ({"revox-sync.yml": "version: 1\n"}, "rename it to `revox-sync.yaml`"),
        ({".github": ""}, "cannot write `.github/workflows/revox-sync.yml`"),
    ],
    ids=["broken configuration", "wrong configuration", "another name", "a file for a folder"],
)
def test_what_stops_it_leaves_everything_as_it_was(init: Init, root: Path, files: dict[str, str], words: str) -> None:
    write(root, files)
    ran = init("--ci", "github")
    assert ran.code == ExitCode.USAGE
    assert words in ran.err
    assert present(root) == list(files)


@pytest.mark.parametrize("arguments", [("--ci", "jenkins"), ("here",)])
def test_wrong_arguments(init: Init, root: Path, arguments: tuple[str, ...]) -> None:
    assert init(*arguments).code == ExitCode.USAGE
    assert present(root) == []
