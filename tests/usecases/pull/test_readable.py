"""What `init` and `pull --new` write passes yamllint and prettier with their defaults."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from yamllint import linter
from yamllint.config import YamlLintConfig

from revox_sync.cli.main import run
from revox_sync.source.edits.new_file import new_file_texts

DEFAULT: Final = YamlLintConfig("extends: default")
LONG: Final = "We are open from Monday to Friday, from nine to six: call us, or write to us. "
PROMPTS: Final = (
    "You are Anna.\r\nBe brief.\r\n",
    "\n\n  You are Anna.  \n\nBe brief.  \n\n\n",
    "You are\u200b Anna.\nBe\xad brief.\n",
    "\ufeffYou are Anna.\nBe brief.",
    "You are Anna.\x85Be brief.\u2028Now.",
    LONG * 4,
    "  " + LONG * 4,
    f"{LONG}\r\n" * 3,
    "line\r\n" * 30,
    "# Role\n\n\tA tab.\n  - a list\n",
)
TEXTS: Final = (
    *("yes", "007", "a: b # c", 'say "hi": now', 'it\'s "x": y', "\\d+", "- a\n- b", "a\r\nb\r\n", "", "null", "1.0"),
    *(
        LONG * 3,
        f"{LONG.rstrip()}\n\n{LONG}",
        "https://example.com/" + "x" * 90,
        '{"a": "{{b}}"}',
        " a\n  b",
        "日本語" * 40,
    ),
)


def written() -> dict[str, str]:
    """YAML files by path, of assistants with each prompt, and with each text in every kind of place."""
    bodies: list[dict[str, Any]] = [{"name": "A", "prompt": prompt} for prompt in PROMPTS]
    for text in TEXTS:
        entry = {"question": text, "answer": text, "more": [text, 1e-7, True, None, [], {}]}
        bodies.append({"name": text, "first_sentence": text, "faq_items": [entry, entry], "y": {"z": text}})
    files: dict[str, str] = {}
    for number, body in enumerate(bodies):
        files |= new_file_texts("assistants", f"a{number}" + "-long" * 16 * (number % 2), body).texts
    return {path: text for path, text in files.items() if path.endswith(".yaml")}


def objections(path: str, text: str) -> list[str]:
    problems = [problem for problem in linter.run(text, DEFAULT) if problem.level == "error"]
    return [f"{path}:{each.line}: {each.desc}: {text.splitlines()[each.line - 1]}" for each in problems]


def test_yamllint_has_no_errors_in_adopted_files() -> None:
    assert [found for path, text in written().items() for found in objections(path, text)] == []


def test_yamllint_says_what_it_cannot_be_spared() -> None:
    (text,) = new_file_texts("assistants", "a", {"name": "A", "first_sentence": "one \ntwo"}).texts.values()
    assert [found.split(": ")[1] for found in objections("a", text)] == ["trailing spaces"]


def test_yamllint_has_no_errors_in_what_init_writes(tmp_path: Path) -> None:
    root = tmp_path / "new"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    remote = ("remote", "add", "origin", "https://github.com/a/b.git")
    subprocess.run(["git", "-C", str(root), *remote], check=True)
    assert run(["init", "-C", str(root)]) == 0
    paths = [path for path in sorted(root.rglob("*.y*ml")) if path.is_file()]
    assert len(paths) == len({"configuration", "assistant", "hooks", "workflow"})
    assert [found for path in paths for found in objections(path.name, path.read_text("utf-8"))] == []
    assert run(["fmt", "-C", str(root), "--check"]) == 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("prettier") is None, reason="prettier is not installed")
def test_prettier_changes_nothing(tmp_path: Path) -> None:
    for path, text in written().items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, "utf-8", newline="")
    subprocess.run(["prettier", "--check", "assistants"], cwd=tmp_path, check=True)
