"""A runner for composite actions and workflow jobs, as far as ours go: shells, environment files, expressions."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
Outputs = dict[str, str]


def document(path: Path) -> Any:
    """A workflow or action; `on` stays a string."""

    class Loader(yaml.SafeLoader):
        """YAML 1.2's idea of booleans, which is the one of GitHub and GitLab."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a safe loader


def scripts(found: Any) -> Iterator[str]:
    """Every shell script of a document: `run` of GitHub, `script` and its likes of GitLab."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key in {"run", "script", "before_script", "after_script"}:
                yield value if isinstance(value, str) else "\n".join(value)
            else:
                yield from scripts(value)
    elif isinstance(found, list):
        for each in found:
            yield from scripts(each)


@dataclass(frozen=True, slots=True)
class Step:
    """How a step ended."""

    code: int
    log: str


@dataclass(slots=True)
class Job:
    """One job with its machine.

    Attributes:
        folder: the machine's disk; `workspace` is in it.
        environ: variables of the job beside those the runner sets.
        actions: what stands for `uses: name@version`; gives its outputs.
    """

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, Callable[[Mapping[str, str]], Outputs]] = field(default_factory=dict)
    contexts: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temp.mkdir(parents=True, exist_ok=True)
        self.workspace.mkdir(exist_ok=True)
        self.contexts.setdefault("steps", {})

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def summary(self) -> str:
        """What the page of the job shows."""
        path = self.folder / "summary"
        return path.read_text("utf-8") if path.exists() else ""

    def composite(self, folder: Path, inputs: Mapping[str, str], *, without: str = "") -> Outputs:
        """Run the action in a folder, but for the step of a name; its outputs."""
        action = document(folder / "action.yml")
        assert inputs.keys() <= action["inputs"].keys()
        given = {name: self.value(each.get("default", "")) for name, each in action["inputs"].items()} | dict(inputs)
        self.contexts |= {"inputs": given}
        steps = [each for each in action["runs"]["steps"] if each["name"] != without]
        self.run(steps, GITHUB_ACTION_PATH=str(folder))
        return {name: self.value(each["value"]) for name, each in action["outputs"].items()}

    def run(self, steps: list[Any], **variables: str) -> bool:
        """Run steps in order, after one that failed only those with `always()`; whether none failed."""
        failed = False
        for number, step in enumerate(steps):
            key, outputs, outcome = step.get("id", step.get("name", str(number))), Outputs(), "skipped"
            if self.wants(step.get("if"), failed=failed):
                self.steps[key] = self._step(step, outputs, variables)
                outcome = "failure" if self.steps[key].code else "success"
                failed |= outcome == "failure"
            self.contexts["steps"][key] = {"outputs": outputs, "outcome": outcome}
        return not failed

    def wants(self, condition: str | None, *, failed: bool = False) -> bool:
        """Whether a step or job with this `if` runs, after another failed or not."""
        parts = condition.split(" && ") if condition else []
        return (not failed or "always()" in parts) and all(self._holds(each) for each in parts if each != "always()")

    def _holds(self, condition: str) -> bool:
        left, sign, right = re.split(r" (==|!=) ", condition)
        return (self._evaluated(left) == self._evaluated(right)) == (sign == "==")

    def _step(self, step: Mapping[str, Any], outputs: Outputs, variables: Mapping[str, str]) -> Step:
        if "uses" not in step:
            return self._shell(step, outputs, variables)
        given = {name: self.value(value) for name, value in step.get("with", {}).items()}
        outputs.update(self.actions[step["uses"].partition("@")[0]](given))
        return Step(0, "")

    def _shell(self, step: Mapping[str, Any], outputs: Outputs, variables: Mapping[str, str]) -> Step:
        assert step.get("shell", "bash") == "bash"
        target = self.folder / "output"
        target.write_text("")
        own = {name: self.value(value) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / step.get("working-directory", "."),
            env={**machine_variables(), **self._files(target), **self.environ, **variables, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = target.read_text("utf-8").splitlines()
        outputs.update({line.partition("=")[0]: line.partition("=")[2] for line in lines})
        return Step(done.returncode, done.stdout)

    def _files(self, output: Path) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    def value(self, text: str) -> str:
        """A text with its expressions evaluated."""
        return EXPRESSION.sub(lambda found: self._evaluated(found[1]), str(text))

    def _evaluated(self, expression: str) -> str:
        for alternative in expression.split(" || "):
            if found := self._looked_up(alternative.strip()):
                return found
        return ""

    def _looked_up(self, name: str) -> str:
        if name.startswith("'"):
            return name.strip("'")
        value: Any = self.contexts
        for part in name.split("."):
            value = value.get(part, {})
        return str(value or "")


def commands(log: str) -> list[str]:
    """The lines of a log that a runner takes for commands: not those between `stop-commands` and its token."""
    found, stopped = [], ""
    for line in map(str.strip, log.splitlines()):
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            found.append(line)
    assert not stopped
    return found


def machine_variables() -> dict[str, str]:
    """Variables of this machine that a job may see: nothing of a CI this test may itself run in."""
    foreign = ("GITHUB_", "CI_", "GITLAB_", "GIT_", "REVOX_", "INPUT_", "RUNNER_", "PYTHON")
    isolated = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | isolated
