"""`diff`, over real repositories: no network, no key, no environment variable."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.cli.main import run
from tests.account import SCHEMAS, Ran
from tests.source.repository import Repository

SCHEMA = json.loads((SCHEMAS / "diff.schema.json").read_text("utf-8"))
SALES = """\
name: Sales
prompt: !file prompts/sales.md
voice: {provider: cartesia, id: v1, speed: 1.0}
webhook_url: !sub "${hooks}/sales"
llm_model: {type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env NOT_SET}
"""
PROMPT = "# Role\nYou sell roofs.\n\n# Opening\nGreet {{contact_name}}.\nWait for an answer.\n"
FILES = {
    "revox-sync.yaml": 'version: 1\nenvironments:\n  one: {vars: {hooks: "https://one.example.com"}}\n'
    '  two: {vars: {hooks: "https://two.example.com"}}\n',
    "assistants/sales.yaml": SALES,
    "assistants/prompts/sales.md": PROMPT,
    "assistants/support.yaml": "name: Support\nprompt: Help the caller.\n",
}
Diff = Callable[..., Ran]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "NOT_SET"):
        monkeypatch.delenv(name, raising=False)
    made = Repository.create(tmp_path / "project")
    made.commit(FILES)
    return made


@pytest.fixture
def diff(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Diff:
    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(["-C", str(repository.root), "diff", *arguments])
        return Ran(code, *capsys.readouterr())

    return call


def compared(diff: Diff, *arguments: str) -> Any:
    """The document, which fits its schema."""
    ran = diff("-o", "json", *arguments)
    assert ran.err == ""
    Draft202012Validator(SCHEMA).validate(ran.json)
    return ran.json


def actions(document: Any) -> dict[str, str]:
    return {each["address"]: each["action"] for each in document["changes"] if each["action"] != "noop"}


def test_an_edited_prompt_is_shown_by_its_lines(repository: Repository, diff: Diff) -> None:
    repository.write({"assistants/prompts/sales.md": PROMPT.replace("Greet", "Greet, as {{agent_name}},")})
    ran = diff()
    head = repository.git("rev-parse", "--short=7", "HEAD")
    assert ran.out.splitlines()[0] == f"HEAD ({head}) → the work tree, environment one"
    assert "  # sales was changed   (speech)\n" in ran.out
    assert "        # Opening\n" in ran.out
    assert "new variable {{agent_name}}" in ran.out
    assert ran.out.endswith("\nDiff: 0 added, 1 changed, 0 removed. 1 unchanged.\n")
    assert (ran.code, ran.err) == (0, "")


def test_the_exit_code_tells_when_asked(repository: Repository, diff: Diff) -> None:
    assert diff("HEAD..HEAD", "--detailed-exitcode").code == 0
    repository.write({"assistants/support.yaml": "name: Support\nprompt: Help them.\n"})
    assert diff("--detailed-exitcode").code == 2


def test_reformatting_is_no_change(repository: Repository, diff: Diff) -> None:
    repository.write(
        {
            "assistants/support.yaml": "# for callers\n'prompt':   >-\n  Help the\n  caller.\nname: \"Support\"\n",
            "assistants/sales.yaml": SALES.replace(
                "{provider: cartesia, id: v1, speed: 1.0}", "\n  speed: 1\n  id: v1\n  provider: cartesia"
            ),
            "assistants/prompts/sales.md": PROMPT.replace("\n", "\r\n"),
        }
    )
    document = compared(diff)
    assert actions(document) == {}
    assert document["summary"]["unchanged"] == 2
    assert diff().out.endswith("\nNo changes. Both versions mean the same.\n")


def test_what_was_added_moved_and_removed(repository: Repository, diff: Diff) -> None:
    repository.git("mv", "assistants/support.yaml", "assistants/team.yaml")
    (repository.root / "assistants/sales.yaml").unlink()
    repository.write({"assistants/new.yaml": "name: New\nprompt: x\n"})
    document = compared(diff)
    assert actions(document) == {"new": "create", "sales": "remove", "team": "update"}
    (moved,) = (each for each in document["changes"] if each["address"] == "team")
    assert (moved["reason"], moved["previous_address"], moved["fields"]) == ("moved from support", "support", [])


def test_configuration_and_shared_files_are_those_of_the_revision(repository: Repository, diff: Diff) -> None:
    repository.write({"revox-sync.yaml": FILES["revox-sync.yaml"].replace("one.example", "changed.example")})
    (change,) = (each for each in compared(diff)["changes"] if each["action"] == "update")
    assert [(each["path"], each["before"], each["after"]) for each in change["fields"]] == [
        ("webhook_url", "https://one.example.com/sales", "https://changed.example.com/sales")
    ]
    assert actions(compared(diff, "--env", "two")) == {}


def test_another_environment_variable_is_another_secret(repository: Repository, diff: Diff) -> None:
    repository.write({"assistants/sales.yaml": SALES.replace("NOT_SET", "OTHER")})
    (change,) = (each for each in compared(diff)["changes"] if each["action"] == "update")
    assert change["fields"] == [{"path": "llm_model.api_key", "before": None, "after": None, "sensitive": True}]


def test_findings_are_new_or_gone(repository: Repository, diff: Diff) -> None:
    repository.commit({"assistants/support.yaml": "name: Support\nprompt: TODO\n"})
    repository.write(
        {
            "assistants/support.yaml": "\nname: Support\nprompt: Help the caller.\n",
            "assistants/prompts/sales.md": PROMPT + "TODO\n",
        }
    )
    found = compared(diff)["findings"]
    assert [(each["code"], each["path"]) for each in found["new"]] == [("RVX209", "assistants/prompts/sales.md")]
    assert [(each["code"], each["path"]) for each in found["gone"]] == [("RVX209", "assistants/support.yaml")]
    text = diff().out
    assert text.index("# sales was changed") < text.index("! new warning[RVX209 left-over]")


def test_a_broken_file_is_left_out(repository: Repository, diff: Diff) -> None:
    repository.commit({"assistants/old.yaml": "name: Old\npromt: x\n"})
    repository.write({"assistants/support.yaml": "name: [\n", "assistants/sales.yaml": SALES.replace("Sales", "Sold")})
    ran = diff("-o", "json")
    assert ran.code == 1
    document = ran.json
    assert actions(document) == {"sales": "update"}
    assert {(each["path"], each["version"]) for each in document["unread"]} == {
        ("assistants/old.yaml", repository.git("rev-parse", "HEAD")[:7]),
        ("assistants/old.yaml", "the work tree"),
        ("assistants/support.yaml", "the work tree"),
    }
    assert diff("--detailed-exitcode").code == 2


def test_what_is_mended_is_no_failure(repository: Repository, diff: Diff) -> None:
    repository.commit({"assistants/old.yaml": "name: Old\npromt: x\n"})
    repository.write({"assistants/old.yaml": "name: Old\nprompt: x\n"})
    ran = diff()
    assert ran.code == 0
    assert "# old cannot be compared" in ran.out


def test_a_branch_is_compared_with_where_it_began(repository: Repository, diff: Diff) -> None:
    repository.git("checkout", "--quiet", "-b", "topic")
    repository.commit({"assistants/support.yaml": "name: Support\nprompt: Help them.\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"assistants/later.yaml": "name: Later\nprompt: x\n"})
    repository.git("checkout", "--quiet", "topic")
    document = compared(diff)
    assert "merge base" in document["title"]
    assert actions(document) == {"support": "update"}
    assert actions(compared(diff, "main..topic")) == {"later": "remove", "support": "update"}


def test_a_project_below_the_top_of_the_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Repository.create(tmp_path / "top")
    made.commit(
        {f"below/{path}": text for path, text in FILES.items()} | {"assistants/other.yaml": "name: O\nprompt: x\n"}
    )
    made.write({"below/assistants/support.yaml": "name: Support\nprompt: Help them.\n", "assistants/other.yaml": "x"})
    assert run(["-C", str(made.root / "below"), "diff", "-o", "json"]) == 0
    assert actions(json.loads(capsys.readouterr().out)) == {"support": "update"}


def test_a_shallow_clone_says_how_to_get_more(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit({"assistants/support.yaml": "name: Support\nprompt: Help them.\n"})
    repository.git("clone", "--quiet", "--depth", "1", repository.root.as_uri(), str(tmp_path / "clone"))
    assert run(["-C", str(tmp_path / "clone"), "diff"]) == 64
    assert "fetch-depth: 0" in capsys.readouterr().err


@pytest.mark.parametrize("base", ["nowhere", "HEAD..nowhere", "--", "HEAD^{tree}"])
def test_what_git_does_not_know(diff: Diff, base: str) -> None:
    ran = diff("--", base)
    assert ran.code == 64
    assert "git knows no commit" in ran.err


def test_without_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "diff"]) == 64
    assert "in no repository that git can read" in capsys.readouterr().err


def test_without_assistants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Repository.create(tmp_path / "empty")
    made.commit({"README.md": "x"})
    assert run(["-C", str(made.root), "diff"]) == 64
    assert "no assistant files" in capsys.readouterr().err


def test_what_could_not_be_compared_passes_no_gate(repository: Repository, diff: Diff) -> None:
    repository.commit({"assistants/a.yaml": "name: A\nprompt: [oops"})
    repository.write({"assistants/a.yaml": "name: A\nprompt: Rude words.\n"})
    ran = diff("--fail-on-impact", "speech")
    assert ran.code == 4
    assert ran.err.startswith("error: --fail-on-impact: assistants/a.yaml (not compared)")


def test_a_configuration_that_was_broken(repository: Repository, diff: Diff) -> None:
    commit = repository.commit({"revox-sync.yaml": "version: 7\n"})
    repository.write({"revox-sync.yaml": FILES["revox-sync.yaml"]})
    ran = diff()
    assert ran.code == 64
    assert ran.err.startswith(f"error: at {commit[:7]}: ")


def test_a_configuration_that_had_another_name(repository: Repository, diff: Diff) -> None:
    """What came before cannot be renamed any more, and the rename has to be reviewed, too."""
    repository.git("mv", "revox-sync.yaml", "revox-sync.yml")
    before = repository.commit()
    assert diff(before).code == 64
    repository.git("mv", "revox-sync.yml", "revox-sync.yaml")
    repository.commit()
    ran = diff(before)
    assert (ran.code, ran.err) == (0, "")


def test_an_environment_that_is_new(repository: Repository, diff: Diff) -> None:
    repository.write(
        {"revox-sync.yaml": FILES["revox-sync.yaml"] + '  three: {vars: {hooks: "https://one.example.com"}}\n'}
    )
    document = compared(diff, "--env", "three")
    assert (document["environment"], actions(document)) == ("three", {})
    assert diff("--env", "four").code == 64


def test_the_first_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Repository.create(tmp_path / "first")
    made.write(FILES)
    assert run(["-C", str(made.root), "diff", "-o", "json"]) == 0
    assert actions(json.loads(capsys.readouterr().out)) == {"sales": "create", "support": "create"}


def test_how_often_git_is_started_does_not_depend_on_the_project(
    repository: Repository, diff: Diff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git, log = shutil.which("git"), tmp_path / "started"
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {git} "$@"\n')
    shim.chmod(0o755)
    numbers = []
    for count in (1, 20):
        repository.commit({f"assistants/n{each}.yaml": f"name: N{each}\nprompt: x\n" for each in range(count)})
        repository.write({f"assistants/n{each}.yaml": f"name: N{each}\nprompt: y\n" for each in range(count)})
        log.unlink(missing_ok=True)
        with monkeypatch.context() as patched:
            patched.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
            assert diff("HEAD").code == 0
        numbers.append(len(log.read_text("utf-8").splitlines()))
    assert numbers == [7, 7]
