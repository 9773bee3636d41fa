"""The core of the tests with the lowest dependencies that pyproject.toml allows, and with the newest.

`python -m tools.bounds` tries both on every Python from 3.11 that is at hand; arguments go to pytest,
and replace the core. It needs `uv`, which makes the environments in .venv-bounds. The last lines say what ran.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ENVIRONMENTS: Final = ROOT / ".venv-bounds"
UV: Final = (sys.executable, "-m", "uv")
QUIET: Final = (*UV, "--quiet")
OLDEST: Final = (3, 11)
BOUNDS: Final = ("lowest-direct", "highest")
CORE: Final = tuple(
    f"tests/{name}"
    for name in ("values", "contract", "source", "lint", "remote", "output", "sync", "usecases", "cli/commands")
)
"""What needs no browser, no network and no environment of its own."""


def pythons() -> list[str]:
    """Interpreters on this machine that are new enough, one of each minor version, oldest first."""
    listed = subprocess.run(  # noqa: S603
        [*UV, "python", "list", "--only-installed", "--output-format", "json"], capture_output=True, check=True
    )
    found: dict[tuple[int, int], str] = {}
    for entry in json.loads(listed.stdout):
        version = entry["version_parts"]["major"], entry["version_parts"]["minor"]
        if version >= OLDEST and entry["implementation"] == "cpython":
            found.setdefault(version, entry["path"])
    return [path for _, path in sorted(found.items())]


def environment(python: str, bound: str) -> Path:
    """An environment with the dependencies at one bound, and beside them what the tests need; gives its interpreter."""
    folder = ENVIRONMENTS / f"{Path(python).name}-{bound}"
    here = str(folder / "bin" / "python")
    run(*QUIET, "venv", "--clear", "--python", python, str(folder))
    locked = folder / "versions.txt"
    run(
        *UV,
        "--quiet",
        "pip",
        "compile",
        "--resolution",
        bound,
        "--python",
        here,
        "--output-file",
        str(locked),
        "pyproject.toml",
    )
    run(*QUIET, "pip", "install", "--python", here, "--requirement", str(locked))
    run(*QUIET, "pip", "install", "--python", here, "--no-deps", "--editable", ".")
    # What tests need beside us is not what is tried, so it is the newest that fits.
    run(*QUIET, "pip", "install", "--python", here, "--constraint", str(locked), *_for_tests())
    return Path(here)


def _for_tests() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*extras["emulator"], *extras["server"], *extras["dev"]]
    return [text for text in wanted if not re.match(r"revox-sync|mypy|ruff|zizmor|types-", text)]


def run(*command: str) -> None:
    """Run a command in the checkout; ends everything when it fails."""
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603


def main(arguments: list[str]) -> int:
    """Try everything; 1 if anything failed."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    (ENVIRONMENTS / ".gitignore").write_text("*\n", "utf-8")
    outcomes = []
    for python in pythons():
        for bound in BOUNDS:
            here = environment(python, bound)
            print(f"\n{bound} on {python}", flush=True)
            # Newer versions of what only tests use may warn of what they will change.
            tests = [here, "-m", "pytest", "-q", "-n", "2", "-W", "default", "--dist", "loadfile", *(arguments or CORE)]
            ended = subprocess.run([str(word) for word in tests], cwd=ROOT, check=False).returncode  # noqa: S603
            outcomes.append((python, bound, ended))
    for python, bound, ended in outcomes:
        print("failed" if ended else "passed", f"{bound:13}", python)
    return any(ended for *_, ended in outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
