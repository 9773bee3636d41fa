"""The house of DESIGN §9: layers, doors and habits, read from the source text of every module.

Each check is a function from a module to its faults, so that INVALID can show each of them failing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.checkout import ROOT, project_files

PACKAGE = "revox_sync"
LINE_LIMIT = 400

# What a layer may import of ours besides itself; `base` is every module directly in the package.
LAYERS = {
    "base": (),
    "source": ("base",),
    "lint": ("source", "base"),
    "remote": ("base",),
    "sync": ("remote", "source", "base"),
    "output": ("base",),
    "emulator": (),
    "cli": ("output", "sync", "lint", "remote", "source", "emulator", "base"),
}

# Modules of data types, which renderers may know.
DATA_TYPES = (
    "revox_sync.lint.delta",
    "revox_sync.lint.finding",
    "revox_sync.sync.adopted",
    "revox_sync.sync.comparison",
    "revox_sync.sync.diff",
    "revox_sync.sync.outcome",
    "revox_sync.sync.plan",
    "revox_sync.sync.pulled",
    "revox_sync.sync.status",
)

# Third-party library: the modules, or packages of modules, that may import it.
DOORS = {
    "click": ("revox_sync.cli",),
    "deepdiff": ("revox_sync.sync.diff",),
    "email_validator": ("revox_sync.formats",),
    "httpx": ("revox_sync.remote",),
    "jsonschema": ("revox_sync.failures",),
    "jsonschema_rs": ("revox_sync.emulator",),
    "pydantic": ("revox_sync.sync", "revox_sync.remote"),
    "rich": ("revox_sync.output", "revox_sync.cli"),
    "ruamel": ("revox_sync.source",),
    "starlette": ("revox_sync.emulator",),
    "tzdata": ("revox_sync.formats",),
    "uvicorn": ("revox_sync.emulator",),
    "yaml": ("revox_sync.source",),
}

# Written so that this file does not match itself. A word in a string is left alone: lint has a rule about left-overs.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root)/")
LEFT_OVER = re.compile(r"#.*\b(?:TO[D]O|FIX[M]E|XX[X])\b")


@dataclass(frozen=True, slots=True)
class Module:
    """A module by dotted name (a path, for files that are no module of the package), with its source text."""

    name: str
    text: str


Check = Callable[[Module], Iterator[str]]


def is_within(name: str, parent: str) -> bool:
    return name == parent or name.startswith(parent + ".")


def layer(name: str) -> str:
    """The layer a module, or something imported from it, belongs to."""
    part = name.removeprefix(PACKAGE).removeprefix(".").split(".")[0]
    if part == "__main__":
        return "cli"
    return part if part in LAYERS else "base"


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported anywhere: inside functions and through import_module, too."""
    for node in ast.walk(ast.parse(module.text)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, each.name) for each in names)
            case ast.ImportFrom(module=origin, names=names, level=0):
                yield from ((node.lineno, f"{origin}.{each.name}") for each in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def wrong_layer(module: Module) -> Iterator[str]:
    own = layer(module.name)
    for line, name in imports(module):
        if not is_within(name, PACKAGE) or layer(name) in (own, *LAYERS[own]):
            continue
        if own != "output" or not any(is_within(name, each) for each in DATA_TYPES):
            yield f"{module.name}:{line}: {own} imports {name}"


def wrong_door(module: Module) -> Iterator[str]:
    for line, name in imports(module):
        library = name.split(".")[0]
        if library == PACKAGE or library in sys.stdlib_module_names:
            continue
        if not any(is_within(module.name, door) for door in DOORS.get(library, ())):
            yield f"{module.name}:{line}: {library} has no door here"


def relative_import(module: Module) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{module.name}:{node.lineno}: relative import"


def filled_package_file(module: Module) -> Iterator[str]:
    if module.name.endswith("__init__") and module.text:
        yield f"{module.name}: not empty"


def too_long(module: Module) -> Iterator[str]:
    length = len(module.text.splitlines())
    if length > LINE_LIMIT:
        yield f"{module.name}: {length} lines, more than {LINE_LIMIT}"


def mock(module: Module) -> Iterator[str]:
    for line, name in imports(module):
        if is_within(name, "unittest.mock") or is_within(name, "mock"):
            yield f"{module.name}:{line}: {name}; make it a parameter instead"


def machine_path(module: Module) -> Iterator[str]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if MACHINE_PATH.search(line):
            yield f"{module.name}:{number}: names a path of one machine"


def left_over(module: Module) -> Iterator[str]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if LEFT_OVER.search(line):
            yield f"{module.name}:{number}: a note to oneself"


def package_modules() -> Iterator[Module]:
    for path in project_files():
        if path.parts[0] == PACKAGE and path.suffix == ".py":
            yield Module(".".join(path.with_suffix("").parts), (ROOT / path).read_text("utf-8"))


def modules_of_tests() -> Iterator[Module]:
    for path in project_files():
        if path.parts[0] == "tests" and path.suffix == ".py":
            yield Module(str(path), (ROOT / path).read_text("utf-8"))


def all_files() -> Iterator[Module]:
    for path in project_files():
        yield Module(str(path), (ROOT / path).read_text("utf-8", errors="replace"))


CHECKS = [
    (wrong_layer, package_modules),
    (wrong_door, package_modules),
    (relative_import, package_modules),
    (filled_package_file, package_modules),
    (too_long, package_modules),
    (relative_import, modules_of_tests),
    (mock, modules_of_tests),
    (machine_path, all_files),
    (left_over, all_files),
]

INVALID = [
    (wrong_layer, "revox_sync.errors", "from revox_sync.source.text import Place"),
    (wrong_layer, "revox_sync.source.load", "from revox_sync.lint.finding import Finding"),
    (wrong_layer, "revox_sync.lint.engine", "import revox_sync.sync.plan"),
    (wrong_layer, "revox_sync.lint.engine", "from revox_sync import sync"),
    (wrong_layer, "revox_sync.sync.plan", "def lazily():\n    from revox_sync.lint.engine import lint"),
    (
        wrong_layer,
        "revox_sync.sync.plan",
        "from importlib import import_module\nimport_module('revox_sync.lint.engine')",
    ),
    (wrong_layer, "revox_sync.remote.client", "from revox_sync.sync.lock import Lock"),
    (wrong_layer, "revox_sync.output.lint_text", "from revox_sync.lint.engine import lint"),
    (wrong_layer, "revox_sync.output.plan_text", "from revox_sync.sync.planner import make_plan"),
    (wrong_layer, "revox_sync.emulator.app", "from revox_sync.errors import RevoxSyncError"),
    (wrong_layer, "revox_sync.output.page", "from revox_sync.cli.main import entry"),
    (wrong_layer, "revox_sync.sync.apply", "from revox_sync.emulator.server import running"),
    (wrong_door, "revox_sync.lint.engine", "import yaml"),
    (wrong_door, "revox_sync.config", "from ruamel.yaml import YAML"),
    (wrong_door, "revox_sync.sync.apply", "import httpx"),
    (wrong_door, "revox_sync.sync.compare", "from deepdiff import DeepDiff"),
    (wrong_door, "revox_sync.output.page", "import click"),
    (wrong_door, "revox_sync.cli.emulate", "import uvicorn"),
    (wrong_door, "revox_sync.lint.subject", "import pydantic"),
    (wrong_door, "revox_sync.contract", "import a_library_without_door"),
    (relative_import, "revox_sync.lint.engine", "from . import rule"),
    (relative_import, "revox_sync.lint.engine", "from .rule import Rule"),
    (filled_package_file, "revox_sync.lint.__init__", '"""Lint."""\n'),
    (too_long, "revox_sync.lint.engine", "pass\n" * (LINE_LIMIT + 1)),
    (mock, "tests/test_x.py", "from unittest.mock import patch"),
    (mock, "tests/test_x.py", "from unittest import mock"),
    (machine_path, "README.md", "Look into /" + "root/.cache."),
    (machine_path, "tests/test_x.py", "PATH = '/" + "work/main'"),
    (left_over, "revox_sync/x.py", "x = 1  # TO" + "DO: two"),
]

VALID = [
    (
        wrong_layer,
        "revox_sync.lint.engine",
        "from revox_sync.lint.rule import Rule\nfrom revox_sync.source.load import Loader",
    ),
    (wrong_layer, "revox_sync.output.lint_text", "from revox_sync.lint.finding import Finding"),
    (wrong_layer, "revox_sync.cli.main", "import revox_sync.emulator.server"),
    (wrong_door, "revox_sync.source.compose", "from yaml._yaml import CParser\nimport json"),
    (too_long, "revox_sync.lint.engine", "pass\n" * LINE_LIMIT),
    (machine_path, "README.md", "https://example.com/" + "work/"),
    (left_over, "revox_sync/lint/rules/prompt.py", "WORDS = ('TO" + "DO',)"),
]


@pytest.mark.parametrize(("check", "modules"), CHECKS, ids=lambda each: each.__name__)
def test_house_is_in_order(check: Check, modules: Callable[[], Iterator[Module]]) -> None:
    checked = list(modules())
    assert checked
    assert [fault for module in checked for fault in check(module)] == []


@pytest.mark.parametrize(("check", "name", "text"), INVALID)
def test_violation_is_caught(check: Check, name: str, text: str) -> None:
    assert list(check(Module(name, text)))


@pytest.mark.parametrize(("check", "name", "text"), VALID)
def test_neighbour_is_not_caught(check: Check, name: str, text: str) -> None:
    assert list(check(Module(name, text))) == []
