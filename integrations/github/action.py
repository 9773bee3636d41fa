"""What the action in action.yml does once revox-sync is installed; needs only the standard library.

Lints with annotations and a SARIF file, then shows what changes: in the log, in the job's summary, and in one comment
of the pull request that every run brings up to date. Inputs are read from INPUT_* variables.
"""
# ruff: noqa: INP001 - a script beside action.yml, in no package

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

INSTALL: Final = "install"
MODES: Final = (INSTALL, "lint", "diff", "plan")
USAGE: Final = 64
PROGRAM: Final = Path(sys.executable).parent / "revox-sync"
# As in revox-sync: several codes in one run.
WORST_FIRST: Final = (130, 70, USAGE, 3, 4, 5, 2, 1)
UNMARKED: Final = re.compile(r"[^\w./-]+", re.ASCII)
MARKER: Final = re.compile(r"\A<!-- revox-sync:[^<>\n]+ -->\n")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of the action; action.yml says what they mean."""

    mode: str
    environment: str
    working_directory: str
    arguments: tuple[str, ...]
    fail_on: str
    fail_on_impact: tuple[str, ...]
    max_chars: str
    comment: bool
    token: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Inputs:
        """The inputs. Raises ValueError for one that makes no sense, without its value: it could be a command."""
        given = {name: environ.get(f"INPUT_{name.upper()}", "").strip() for name in cls.__slots__}
        if given["mode"] not in MODES:
            raise ValueError(f"`mode` is none of {', '.join(MODES)}")
        if given["comment"] not in {"true", "false"}:
            raise ValueError("`comment` is neither true nor false")
        return cls(
            mode=given["mode"],
            environment=given["environment"],
            working_directory=given["working_directory"] or ".",
            arguments=tuple(shlex.split(given["arguments"])),
            fail_on=given["fail_on"],
            fail_on_impact=tuple(given["fail_on_impact"].replace(",", " ").split()),
            max_chars=given["max_chars"],
            comment=given["comment"] == "true",
            token=given["token"],
        )

    @property
    def marker(self) -> str:
        """The first line of the comment: one for each mode, environment and project of a repository."""
        return f"<!-- {':'.join(self._names)} -->\n"

    @property
    def artifact(self) -> str:
        """The name of the artifact: one for each mode, environment and project; a name may hold no slash."""
        return "-".join(self._names).replace("/", "-")

    @property
    def _names(self) -> list[str]:
        folder = "" if self.working_directory in {".", "./"} else self.working_directory
        parts = ("revox-sync", self.mode, self.environment, folder)
        return [UNMARKED.sub("_", each) for each in parts if each]


class Runner:
    """A job of GitHub Actions: its log, its files, and the programs it runs.

    Args:
        environ: the job's variables.
        inputs: say where programs are run.

    Raises:
        ValueError: there is no such folder.
    """

    def __init__(self, environ: Mapping[str, str], inputs: Inputs) -> None:
        # Not the token, which only the comment needs: files may name any variable with `!env`.
        self._environ = {name: value for name, value in environ.items() if not name.startswith("INPUT_")}
        workspace = Path(environ["GITHUB_WORKSPACE"]).resolve()
        # Resolved: a pull request can put a link in the place of the folder.
        self._folder = (workspace / inputs.working_directory).resolve()
        if not self._folder.is_dir() or not self._folder.is_relative_to(workspace):
            raise ValueError("`working-directory` is no folder of the workspace; is there a checkout before this step?")
        self.reports: Final = Path(mkdtemp(prefix="revox-sync-", dir=environ.get("RUNNER_TEMP")))
        self.for_pull_request: Final = environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request")

    def run(self, *arguments: str, **variables: str) -> int:
        """Run revox-sync, its output in the log; the exit code."""
        log(f"$ revox-sync {shlex.join(arguments)}")
        done = subprocess.run(  # noqa: S603 - our program, no shell
            [PROGRAM, *arguments],
            cwd=self._folder,
            env=self._environ | variables,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
        # A program that a signal ended has a negative code here; a shell would say so.
        return done.returncode if done.returncode >= 0 else 128 - done.returncode

    def summarise(self, text: str) -> None:
        """Add to the page of the job."""
        self._append("GITHUB_STEP_SUMMARY", text + "\n")

    def output(self, **values: str | int) -> None:
        """Set outputs of the step; none of the values has a line break."""
        self._append("GITHUB_OUTPUT", "".join(f"{name.replace('_', '-')}={value}\n" for name, value in values.items()))

    def _append(self, variable: str, text: str) -> None:
        with Path(self._environ[variable]).open("a", encoding="utf-8") as file:
            file.write(text)


def log(text: str) -> None:
    """A line of the log, before what a program writes next."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def quoted(title: str) -> Iterator[None]:
    """A group of the log in which nothing is a command to the runner: prompts may say anything."""
    token = secrets.token_hex(16)
    log(f"::group::{title}")
    log(f"::stop-commands::{token}")
    try:
        yield
    finally:
        log(f"::{token}::")
        log("::endgroup::")


def lint(inputs: Inputs, runner: Runner) -> int:
    """Lint for every environment, with annotations and a SARIF file; the exit code."""
    annotations, sarif = runner.reports / "annotations.txt", runner.reports / "revox-sync.sarif"
    options = ["--fail-on", inputs.fail_on] if inputs.fail_on else []
    with quoted("revox-sync lint"):
        code = runner.run("lint", *options, "-o", "full", "-o", f"github:{annotations}", "-o", f"sarif:{sarif}")
    if annotations.exists():
        log(annotations.read_text("utf-8"))
    runner.output(lint_exit_code=code, **({"sarif": str(sarif)} if sarif.exists() else {}))
    return code


def review(inputs: Inputs, runner: Runner) -> int:
    """Show what changes, in the log, the summary and a comment; the exit code."""
    markdown, page, document = (runner.reports / f"review.{suffix}" for suffix in ("md", "html", "json"))
    with quoted(f"revox-sync {inputs.mode}"):
        outputs = ("-o", "text", "-o", f"markdown:{markdown}", "-o", f"html:{page}", "-o", f"json:{document}")
        code = runner.run(inputs.mode, *review_options(inputs), *outputs)
    report = inputs.marker + body(markdown, inputs.mode, code)
    markdown.write_text(report, "utf-8")
    runner.summarise(report)
    runner.output(report=str(markdown), **facts(document))
    if page.exists():
        runner.output(page=str(page), page_name=inputs.artifact)
    if inputs.comment and runner.for_pull_request:
        comment(inputs, runner, markdown)
    return code


def review_options(inputs: Inputs) -> Sequence[str]:
    """Arguments of plan or diff beside the reports."""
    options = ["--env", inputs.environment] if inputs.environment else []
    options += ["--max-chars", inputs.max_chars] if inputs.max_chars else []
    for impact in inputs.fail_on_impact:
        options += ["--fail-on-impact", impact]
    return [*options, *inputs.arguments]


def body(markdown: Path, mode: str, code: int) -> str:
    """The report without its own marker; where there is none, that it failed: an old comment must not look current."""
    if markdown.exists():
        return MARKER.sub("", markdown.read_text("utf-8"), count=1)
    return f"`revox-sync {mode}` ended with exit code {code} and made no report; the log of the job says why.\n"


def facts(document: Path) -> dict[str, str | int]:
    """The outputs `changes` and `digest`; none where there is no report."""
    if not document.exists():
        return {}
    report = json.loads(document.read_text("utf-8"))
    changes = sum(each["action"] != "noop" for each in report["changes"])
    return {"changes": changes, "digest": report["digest"]}


def comment(inputs: Inputs, runner: Runner, markdown: Path) -> None:
    """Bring the comment up to date; where that fails the summary has it all, and the exit code stays."""
    with quoted("revox-sync comment"):
        code = runner.run("comment", str(markdown), GITHUB_TOKEN=inputs.token)
    if code:
        log("::notice title=revox-sync::No comment was written (the log says why); the job's summary has the report.")


def main(environ: Mapping[str, str]) -> int:
    """Run the action; its exit code."""
    try:
        inputs = Inputs.read(environ)
        runner = Runner(environ, inputs)
    except ValueError as error:
        log(f"::error title=revox-sync::{error}")
        return USAGE
    runner.output(program=str(PROGRAM))
    if inputs.mode == INSTALL:
        return 0
    codes = [lint(inputs, runner)]
    if inputs.mode != "lint":
        codes.append(review(inputs, runner))
    code = next((each for each in WORST_FIRST if each in codes), max(codes))
    runner.output(exit_code=code)
    return code


if __name__ == "__main__":
    sys.exit(main(os.environ))
