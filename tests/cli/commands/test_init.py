"""`init`: what a project starts with, and that nothing which exists is touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import yaml

from revox_sync.cli.main import run
from revox_sync.contract.fields import known_contracts, newest_contract
from revox_sync.errors import ExitCode
from tests.account import Account, Ran
from tests.checkout import ROOT
from tests.integrations.runner import document
from tests.lint.project import lint_files

SCHEMA: Final = "revox-sync.schema.json"
VSCODE: Final = [".vscode/extensions.json", ".vscode/settings.json"]
ALWAYS: Final = [".gitignore", ".pre-commit-config.yaml", *VSCODE, "assistants/hello.yaml", SCHEMA, "revox-sync.yaml"]
GITHUB: Final = [".github/workflows/revox-sync.yml"]
GITLAB: Final = [".gitlab-ci.yml", ".gitlab/revox-sync.gitlab-ci.yml"]
INTEGRATIONS: Final = ROOT / "integrations"

Init = Callable[..., Ran]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder, with room beside it."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    return folder


@pytest.fixture
def init(root: Path, capsys: pytest.CaptureFixture[str]) -> Init:
    """`init(*arguments)` runs the command in `root`; `at` names another folder."""

    def call(*arguments: str, at: Path = root) -> Ran:
        code = run(["init", "-C", str(at), *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return call


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def present(root: Path) -> list[str]:
    """Every file below a folder but git's own, sorted."""
    paths = (each.relative_to(root) for each in root.rglob("*") if each.is_symlink() or not each.is_dir())
    return sorted(each.as_posix() for each in paths if each.parts[0] != ".git")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def fates(ran: Ran) -> dict[str, str]:
    """What was said about each file."""
    return {path: word for word, path in re.findall(r"(?m)^(written|kept|skipped) +([^\s:]+)", ran.out)}


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


def test_the_owner_is_asked_for(init: Init, root: Path) -> None:
    ran = init("--ci", "github")
    assert "OWNER/revox-sync@" in (root / GITHUB[0]).read_text("utf-8")
    assert f"\nIn {GITHUB[0]}, write the owner of the repository" in ran.out
    assert "OWNER" not in init("--ci", "github").out


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:a/voice.git", GITHUB),
        ("https://token@github.example.com:8443/a/voice", GITHUB),
        ("ssh://git@gitlab.com/a/voice.git", GITLAB),
        ("https://gitlab.example.com/github/voice.git", GITLAB),
        ("https://code.example.com/github.com/voice.git", []),
        ("/srv/github.com/voice.git", []),
        (None, []),
    ],
)
def test_the_workflow_is_that_of_the_remote(init: Init, root: Path, remote: str | None, expected: list[str]) -> None:
    git(root, "init", "--quiet")
    if remote:
        git(root, "remote", "add", "upstream", remote)
    out = init().out
    assert present(root) == sorted(ALWAYS + expected)
    assert ("--ci github or --ci gitlab writes one" in out) == (not expected)
    assert "token" not in out


@pytest.mark.parametrize(("ci", "expected"), [("github", GITHUB), ("gitlab", GITLAB), ("none", [])])
def test_the_option_decides(init: Init, root: Path, ci: str, expected: list[str]) -> None:
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", "git@github.com:a/voice.git")
    assert "--ci" not in init("--ci", ci).out
    assert present(root) == sorted(ALWAYS + expected)


def test_workflows_are_those_of_the_integrations(init: Init, root: Path) -> None:
    init("--ci", "github")
    init("--ci", "gitlab")
    assert (root / GITHUB[0]).read_bytes() == (INTEGRATIONS / "github" / "review.yml").read_bytes()
    assert (root / GITLAB[1]).read_bytes() == (INTEGRATIONS / "gitlab" / "revox-sync.gitlab-ci.yml").read_bytes()
    assert document(root / GITLAB[0]) == {"include": [{"local": GITLAB[1]}]}


def test_the_hook_looks_at_what_the_published_one_looks_at(init: Init, root: Path) -> None:
    init()
    ((hook,),) = (each["hooks"] for each in document(root / ".pre-commit-config.yaml")["repos"])
    (published,) = (each for each in document(ROOT / ".pre-commit-hooks.yaml") if each["id"] == "revox-sync-lint")
    for key in ("id", "name", "entry", "require_serial"):
        assert hook[key] == published[key]
    assert hook["files"] == published["files"].replace("(^|/)", "^")


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


@pytest.mark.slow
def test_the_hook_runs(init: Init, root: Path) -> None:
    git(root, "init", "--quiet")
    init()
    git(root, "add", "--all")
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(root.parent / "pre-commit"),
    }

    def hooked() -> tuple[int, str]:
        command = [str(programs / "pre-commit"), "run", "--all-files"]
        ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout

    code, out = hooked()
    assert (code, "Passed" in out) == (0, True), out
    write(root, {"assistants/hello.yaml": "name: Hello\npromt: Hello.\n"})
    code, out = hooked()
    assert (code, "RVX101" in out) == (1, True), out


def test_the_lines_of_a_hook_name_the_folders(init: Init, root: Path) -> None:
    write(root, {"revox-sync.yaml": "assistants: [voice, ./a.b]\n", ".pre-commit-config.yaml": "repos: []\n"})
    ran = init()
    assert fates(ran)[".pre-commit-config.yaml"] == "kept"
    assert "\n          files: ^(voice/.+|a\\.b/.+|revox-sync\\.yaml)$\n" in ran.out


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


@pytest.mark.parametrize(("ci", "above"), [("github", GITHUB[0]), ("gitlab", GITLAB[0])])
def test_a_folder_of_a_repository_gets_its_lines_told(init: Init, root: Path, ci: str, above: str) -> None:
    git(root, "init", "--quiet")
    (root / "a" / "voice").mkdir(parents=True)
    write(root, {".pre-commit-config.yaml": "repos: []\n"})
    out = init("--ci", ci, at=root / "a" / "voice").out
    assert "\nAdd to ../../.pre-commit-config.yaml:\n" in out
    assert "\n          files: ^a/voice/(assistants/.+|revox-sync\\.yaml)$\n" in out
    lines = out.partition(f"\nWrite into ../../{above}:\n\n")[2].partition("\n\nIn ")[0]
    written = yaml.safe_load(textwrap.dedent(lines))
    if ci == "github":
        assert written["jobs"]["review"]["steps"][-1]["with"]["working-directory"] == "a/voice"
    else:
        assert written == {
            "include": [{"local": f"a/voice/{GITLAB[1]}"}],
            "variables": {"REVOX_SYNC_FOLDER": "a/voice"},
        }
        assert (root / "a" / "voice" / GITLAB[1]).is_file()
    write(root, {".pre-commit-config.yaml": "files: ^a/voice/\n"})
    assert ".pre-commit-config.yaml:\n\n" not in init("--ci", ci, at=root / "a" / "voice").out


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


@pytest.mark.parametrize("rule", [".env", ".env*", "*"])
def test_git_ignores_the_keys(init: Init, root: Path, rule: str) -> None:
    git(root, "init", "--quiet")
    init()
    git(root, "check-ignore", ".env")
    other = root.parent / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    write(other, {".gitignore": f"{rule}\n"})
    assert ".env\n" not in init(at=other).out
    write(other, {".gitignore": "dist/\n"})
    assert "\nAdd to .gitignore:\n\n  # Keys" in init(at=other).out


def test_a_folder_of_a_repository_gets_no_hooks(init: Init, root: Path) -> None:
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", "git@github.com:a/voice.git")
    (root / "voice").mkdir()
    ran = init(at=root / "voice")
    assert fates(ran) == {
        "revox-sync.yaml": "written",
        "assistants/hello.yaml": "written",
        ".gitignore": "written",
        ".pre-commit-config.yaml": "skipped",
        GITHUB[0]: "skipped",
        SCHEMA: "written",
        **dict.fromkeys(VSCODE, "skipped"),
    }
    assert f"the top of the repository, `{root}`" in ran.out
    below = [".gitignore", "assistants/hello.yaml", SCHEMA, "revox-sync.yaml"]
    assert present(root) == [f"voice/{path}" for path in below]


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
