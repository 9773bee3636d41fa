"""Measures revox-sync and its peers side by side: `make bench`, or `make bench ARGS='lint plan --quick'`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench import editor, quality, report
from bench.cases import ROOT, Bench, Case, cases, prepared
from bench.measure import CannotRunError, alternate

APART: Final = {"lint-quality": quality.lines, "editor": editor.lines}
"""What is not measured as whole processes in turn."""
PEERS: Final = ROOT / ".venv-bench" / "bin"
PAGE: Final = ROOT / "docs" / "performance.md"
README: Final = ROOT / "README.md"
USES_C: Final = (
    "from check_jsonschema.parsers.yaml import construct_yaml_implementation as make;"
    "from ruamel.yaml.cyaml import CParser; raise SystemExit(make().Parser is not CParser)"
)


def main() -> int:
    """Measure, print, and with `--write` keep; 1 when a case gave no figures."""
    arguments = _arguments()
    apart = [name for name in APART if name in arguments.cases]
    for name in apart:
        print(*APART[name](), sep="\n")
        arguments.cases.remove(name)
    if apart and not arguments.cases:
        return 0
    with tempfile.TemporaryDirectory(prefix="revox-sync-bench-") as folder:
        bench = Bench(Path(folder), Path(sys.executable).parent, PEERS)
        _require_fast_peer(bench)
        results = report.Results()
        for case in _selected(arguments.cases):
            _measure(case, bench, results, quick=arguments.quick)
        measured = f"{report.machine(bench)}\n\n{report.tables(results)}"
    print(measured)
    if arguments.write:
        _write(PAGE, report.MEASURED, measured)
        _write(README, report.BARS_ONLY, report.bars(results))
    return 1 if results.failures else 0


def _write(page: Path, name: str, part: str) -> None:
    page.write_text(report.replaced(page.read_text("utf-8"), name, part), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    names = ", ".join(each.name for each in cases())
    parser.add_argument(
        "cases", nargs="*", help=f"names or parts of names; without any all of {names}; or {', '.join(APART)}"
    )
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md and the README")
    return parser.parse_args()


def _selected(words: list[str]) -> list[Case]:
    chosen = [each for each in cases() if not words or any(_is_meant(each, word) for word in words)]
    unknown = [word for word in words if not any(_is_meant(each, word) for each in chosen)]
    if unknown:
        sys.exit(f"no case is called {unknown[0]}; there are {', '.join(each.name for each in cases())}")
    return chosen


def _is_meant(case: Case, word: str) -> bool:
    return case.name == word or word in case.name.split("-")


def _measure(case: Case, bench: Bench, results: report.Results, *, quick: bool) -> None:
    repetitions = max(2, case.repetitions // 4) if quick else case.repetitions
    try:
        with prepared(case, bench) as commands:
            costs = alternate(commands, repetitions)
    except CannotRunError as error:
        results.failures[case.title] = str(error)
        print(f"{case.name}: {error}", file=sys.stderr, flush=True)
        return
    results.add(case.name, case.title, costs)
    told = ", ".join(f"{each.label} {each.wall:.3f} s" for each in costs)
    print(f"{case.name}: {told}", file=sys.stderr, flush=True)


def _require_fast_peer(bench: Bench) -> None:
    """A peer without its C parser would make us look better than we are."""
    try:
        subprocess.run([bench.peers / "python", "-c", USES_C], check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit("no peers, or check-jsonschema without ruamel.yaml's C parser; `make bench` installs them")


if __name__ == "__main__":
    sys.exit(main())
