"""The house (docs/architecture.md): layers, rooms, doors and habits, read from the source text of every module.

Each check is a function from a module to its faults, so that INVALID can show each of them failing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.checkout import ROOT, project_files

PACKAGE = "revox_sync"
LINE_LIMIT = 400

# What a layer may import of ours besides itself; `base` is every module directly in the package, and `values`.
LAYERS = {
    "base": (),
    "contract": ("base",),
    "source": ("contract", "base"),
    "lint": ("source", "contract", "base"),
    "remote": ("base",),
    "sync": ("remote", "source", "contract", "base"),
    "output": ("contract", "base"),
    "usecases": ("output", "sync", "lint", "remote", "source", "contract", "base"),
    "server": ("usecases", "output", "lint", "source", "contract", "base"),
    "emulator": (),
    "api": ("usecases", "output", "sync", "lint", "source", "base"),
    "cli": ("server", "usecases", "output", "sync", "lint", "remote", "source", "contract", "emulator", "base"),
}

# Data types that renderers may know: two rooms, and a module that holds a value beside what makes it.
DATA_TYPES = (
    "revox_sync.lint.baseline.delta",
    "revox_sync.lint.model",
    "revox_sync.sync.model",
)

# The rooms of each layer, from the ground up: a room imports only those that stand before it, and "" is what lies
# directly in the layer's folder. So no circle is possible between rooms.
ROOMS = {
    "source": ("model", "files", "yaml", "documents", "", "edits", "formatting"),
    "lint": ("subject", "model", "cache", "", "checks", "suppressions", "engine", "fixes", "baseline", "rules"),
    "remote": ("redaction", "http", "", "code_hosts"),
    "sync": (
        "model",
        "comparing",
        "state",
        "remote_state",
        "planning",
        "applying",
        "importing",
        "snapshots",
        "pulling",
    ),
    "output": ("text", "markup", "rules", "lint", "page", "json"),
    "usecases": ("project", "apply", "call", "doctor", "lint", "format", "pull", "review"),
    "server": ("texts", "findings", "answers", ""),
    "cli": ("completion", "options", "terminal", "reports", "", "commands"),
}

# Third-party library: the modules, or rooms, that may import it.
DOORS = {
    "click": ("revox_sync.cli",),
    "deepdiff": ("revox_sync.sync.comparing.list_alignment",),
    "dotenv": ("revox_sync.source.files.env_file",),
    "email_validator": ("revox_sync.contract.formats",),
    "httpx": ("revox_sync.remote.http", "revox_sync.remote.code_hosts"),
    "jsonschema": ("revox_sync.contract.validation_errors",),
    "jsonschema_rs": ("revox_sync.emulator",),
    "lsprotocol": ("revox_sync.server",),
    "pydantic": ("revox_sync.sync", "revox_sync.remote"),
    "pygls": ("revox_sync.server",),
    "rich": ("revox_sync.output", "revox_sync.cli"),
    "ruamel": ("revox_sync.source.yaml",),
    "starlette": ("revox_sync.emulator",),
    "tzdata": ("revox_sync.contract.formats",),
    "uvicorn": ("revox_sync.emulator",),
    "yaml": ("revox_sync.source.yaml",),
}

MOST_MODULES = 18
# A folder that is a list of things of one kind may be longer than one can see across.
LISTS = ("revox_sync.lint.rules", "revox_sync.cli.commands")

# Written so that this file does not match itself. A word in a string is left alone: lint has a rule about left-overs.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root)/")
LEFT_OVER = re.compile(r"#.*\b(?:TO[D]O|FIX[M]E|XX[X])\b")


@dataclass(frozen=True, slots=True)
class Module:
    """A module by dotted name (a path, for files that are no module of the package), with its source text."""

    name: str
    text: str


Check = Callable[[Module], Iterator[str]]


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def is_within(name: str, parent: str) -> bool:
    return name == parent or name.startswith(parent + ".")


def layer(name: str) -> str:
    """The layer a module, or something imported from it, belongs to."""
    part = name.removeprefix(PACKAGE).removeprefix(".").split(".")[0]
    if part == "__main__":
        return "cli"
    return part if part in LAYERS else "base"


def room(name: str) -> str:
    """The room a module, or something imported from it, stands in: a folder's name, "" in the layer itself."""
    part = [*name.split("."), "", ""][2]
    return part if part in ROOMS.get(layer(name), ()) else ""


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported anywhere: inside functions and through import_module, too."""
    for node in ast.walk(parsed(module.text)):
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


def wrong_room(module: Module) -> Iterator[str]:
    """Imports of a room that stands above the module's own; those for type checkers count, too."""
    order = ROOMS.get(layer(module.name), ())
    if module.name.endswith("__init__") or not order:
        return
    if room(module.name) not in order:
        yield f"{module.name}: no room of {layer(module.name)}"
        return
    for line, name in imports(module):
        same = is_within(name, PACKAGE) and layer(name) == layer(module.name)
        if same and order.index(room(name)) > order.index(room(module.name)):
            yield f"{module.name}:{line}: {room(module.name)} imports {name}"


def wrong_door(module: Module) -> Iterator[str]:
    for line, name in imports(module):
        library = name.split(".")[0]
        if library == PACKAGE or library in sys.stdlib_module_names:
            continue
        if not any(is_within(module.name, door) for door in DOORS.get(library, ())):
            yield f"{module.name}:{line}: {library} has no door here"


def relative_import(module: Module) -> Iterator[str]:
    for node in ast.walk(parsed(module.text)):
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


def circles(imported: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Modules that import each other in a circle, those for type checkers left out; each circle once, sorted."""
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []


def imports_of_modules() -> dict[str, set[str]]:
    """What each module of the package imports of it, at its top and inside functions."""
    modules = {each.name: each for each in package_modules() if not each.name.endswith("__init__")}
    return {
        name: {known for _, full in imports(module) if (known := _module_of(full, modules)) and known != name}
        for name, module in modules.items()
    }


def _module_of(name: str, modules: Mapping[str, Module]) -> str | None:
    return name if name in modules else (parent if (parent := name.rpartition(".")[0]) in modules else None)


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
    (wrong_room, package_modules),
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
    (wrong_layer, "revox_sync.errors", "from revox_sync.source.model.place import Place"),
    (wrong_layer, "revox_sync.values.secret", "from revox_sync.contract.fields import contract"),
    (wrong_layer, "revox_sync.contract.fields", "from revox_sync.source.model.place import Place"),
    (wrong_layer, "revox_sync.source.workspace", "from revox_sync.lint.model.finding import Finding"),
    (wrong_layer, "revox_sync.lint.engine.engine", "import revox_sync.sync.model.plan"),
    (wrong_layer, "revox_sync.lint.engine.engine", "from revox_sync import sync"),
    (wrong_layer, "revox_sync.sync.model.plan", "def lazily():\n    from revox_sync.lint.engine.engine import lint"),
    (
        wrong_layer,
        "revox_sync.sync.model.plan",
        "from importlib import import_module\nimport_module('revox_sync.lint.engine.engine')",
    ),
    (wrong_layer, "revox_sync.remote.client", "from revox_sync.sync.model.lock import Lock"),
    (wrong_layer, "revox_sync.output.text.findings", "from revox_sync.lint.engine.engine import lint"),
    (wrong_layer, "revox_sync.output.page.from_plan", "from revox_sync.sync.planning.planner import make_plan"),
    (wrong_layer, "revox_sync.output.page.model", "from revox_sync.usecases.project.settings import say"),
    (wrong_layer, "revox_sync.emulator.app", "from revox_sync.errors import RevoxSyncError"),
    (wrong_layer, "revox_sync.output.page.model", "from revox_sync.cli.main import entry"),
    (wrong_layer, "revox_sync.usecases.pull.pull", "from revox_sync.cli.options.targets import Target"),
    (wrong_layer, "revox_sync.sync.applying.apply", "from revox_sync.emulator.server import running"),
    (wrong_layer, "revox_sync.usecases.lint.job", "from revox_sync.server.texts.documents import OpenDocuments"),
    (wrong_layer, "revox_sync.server.texts.documents", "from revox_sync.cli.main import entry"),
    (wrong_room, "revox_sync.sync.comparing.three_way", "from revox_sync.sync.planning.planner import make_plan"),
    (wrong_room, "revox_sync.source.yaml.nodes", "from revox_sync.source.documents.document import Document"),
    (wrong_room, "revox_sync.source.documents.tags", "import revox_sync.source.edits.edit"),
    (wrong_room, "revox_sync.sync.helpers.text", "import json"),
    (wrong_door, "revox_sync.lint.engine.engine", "import yaml"),
    (wrong_door, "revox_sync.source.edits.splice", "from yaml.nodes import Node"),
    (wrong_door, "revox_sync.config", "from ruamel.yaml import YAML"),
    (wrong_door, "revox_sync.sync.applying.apply", "import httpx"),
    (wrong_door, "revox_sync.sync.comparing.three_way", "from deepdiff import DeepDiff"),
    (wrong_door, "revox_sync.output.page.model", "import click"),
    (wrong_door, "revox_sync.usecases.pull.pull", "import click"),
    (wrong_door, "revox_sync.cli.commands.emulate", "import uvicorn"),
    (wrong_door, "revox_sync.usecases.lint.live_lint", "from lsprotocol.types import Position"),
    (wrong_door, "revox_sync.lint.subject.subject", "import pydantic"),
    (wrong_door, "revox_sync.contract.fields", "import a_library_without_door"),
    (relative_import, "revox_sync.lint.engine.engine", "from . import rule"),
    (relative_import, "revox_sync.lint.engine.engine", "from .rule import Rule"),
    (filled_package_file, "revox_sync.lint.__init__", '"""Lint."""\n'),
    (too_long, "revox_sync.lint.engine.engine", "pass\n" * (LINE_LIMIT + 1)),
    (mock, "tests/test_x.py", "from unittest.mock import patch"),
    (mock, "tests/test_x.py", "from unittest import mock"),
    (machine_path, "README.md", "Look into /" + "root/.cache."),
    (machine_path, "tests/test_x.py", "PATH = '/" + "work/main'"),
    (left_over, "revox_sync/x.py", "x = 1  # TO" + "DO: two"),
]

VALID = [
    (
        wrong_layer,
        "revox_sync.lint.engine.engine",
        "from revox_sync.lint.model.rule import Rule\nfrom revox_sync.source.documents.document import Loader",
    ),
    (wrong_layer, "revox_sync.output.text.findings", "from revox_sync.lint.model.finding import Finding"),
    (wrong_layer, "revox_sync.cli.main", "import revox_sync.emulator.server"),
    (wrong_room, "revox_sync.source.edits.splice", "from revox_sync.source.yaml.nodes import Node"),
    (wrong_room, "revox_sync.contract.fields", "from revox_sync.contract.formats import check"),
    (wrong_door, "revox_sync.source.yaml.parse", "from yaml._yaml import CParser\nimport json"),
    (too_long, "revox_sync.lint.engine.engine", "pass\n" * LINE_LIMIT),
    (machine_path, "README.md", "https://example.com/" + "work/"),
    (left_over, "revox_sync/lint/rules/prompt.py", "WORDS = ('TO" + "DO',)"),
]


def test_no_circle() -> None:
    assert circles(imports_of_modules()) == []


def test_a_circle_is_found() -> None:
    imported = imports_of_modules()
    imported["revox_sync.values.secret"].add("revox_sync.cli.main")
    assert circles(imported)


def test_a_room_can_be_seen_across() -> None:
    sizes = Counter(each.name.rpartition(".")[0] for each in package_modules() if not each.name.endswith("__init__"))
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES and name not in LISTS} == {}


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
