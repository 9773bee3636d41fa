"""Stands for the program `revox-sync`: plan and diff do what a test says, every other command is the real one.

The variable STAND_IN names a folder: arguments and variables of each call are kept there, `say.txt` is printed,
`review.md` and `review.json` become the reports, `code.txt` is the exit code.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def review(folder: Path, arguments: list[str]) -> int:
    """Print and write what the folder holds; the exit code."""
    sys.stdout.write((folder / "say.txt").read_text("utf-8"))
    for value in arguments:
        style, _, target = value.partition(":")
        source = folder / {"markdown": "review.md", "json": "review.json"}.get(style, "none")
        if target and source.exists():
            Path(target).write_text(source.read_text("utf-8"), "utf-8")
    return int((folder / "code.txt").read_text("utf-8"))


def main() -> None:
    """Keep the call, and do what it says."""
    folder, arguments = Path(os.environ["STAND_IN"]), sys.argv[1:]
    with (folder / "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"arguments": arguments, "cwd": str(Path.cwd()), "environ": dict(os.environ)}) + "\n")
    if arguments[0] in {"plan", "diff"}:
        sys.exit(review(folder, arguments))
    from revox_sync.cli.main import entry

    entry()


if __name__ == "__main__":
    main()
