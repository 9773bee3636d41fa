"""A folder in which `init` runs, and what it has written there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.account import Ran

SCHEMA: Final = "revox-sync.schema.json"
VSCODE: Final = [".vscode/extensions.json", ".vscode/settings.json"]
ALWAYS: Final = [".gitignore", ".pre-commit-config.yaml", *VSCODE, "assistants/hello.yaml", SCHEMA, "revox-sync.yaml"]
GITHUB: Final = [".github/workflows/revox-sync.yml"]
GITLAB: Final = [".gitlab-ci.yml", ".gitlab/revox-sync.gitlab-ci.yml"]
Init = Callable[..., Ran]


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
