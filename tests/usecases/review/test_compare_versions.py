"""Comparing two versions: leaving out what is the same in both changes nothing about the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from revox_sync.contract.schema_files import load_schema
from revox_sync.errors import RefusedError
from revox_sync.lint.baseline.broken_files import needed_to_plan
from revox_sync.lint.baseline.reused_results import UnchangedResults, same_files
from revox_sync.lint.engine.engine import ResultCache, lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.output.json import diff as diff_json
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.usecases.review.compare_versions import Version, compare_findings, compare_versions, read_versions

Files = Mapping[str, str]
LINK = "voicemail_message: 'https://a.example.com'\n"
ASSISTANTS = (
    "name: A\nprompt: Greet the caller.\n",
    "name: A  # the same\nprompt: Greet the caller.\n",
    "name: B\nprompt: Ask for {{name}} and {{Name}}.\n",
    "# revox: ignore-file[RVX601] twins\nname: A\nprompt: Greet.\n",
    f"# revox: ignore-file[ALL] a twin that speaks links\nname: A\nprompt: Greet.\n{LINK}",
    "name: A\nprompt: !include _shared.yaml#/prompt\n",
    "name: C\nprompt: !include _shared.yaml#/prompt\nvoicemail_message: !include _shared.yaml#/goodbye\n",
    "name: D\nprompt: !file text.md\nvoicemail_message: !include a.yaml#/voicemail_message\n",
    f"name: !var who\nprompt: Greet.\n{LINK}",
    f"name: A\nprompt: Greet.\n{LINK}",
    "name: E\nprompt: Greet.\nwebhook_url: http://plain.example.com\n",
    "name: F\ntype: sub-assistant\nprompt: Greet.\n",
    "name: G\nprompt: !file missing.md\n",
    "name: A\nprompt: Greet.\npromt: x\n",
    "prompt: nobody\n",
    "name: [\n",
)
SHARED = (
    "prompt: Greet.\ngoodbye: See https://b.example.com\n",
    "prompt: Greet.\ngoodbye: Bye.\n",
    "prompt: [1]\n",
)
TEXTS = ("Greet.\n", "TODO\n")
ENVIRONMENTS = "version: 1\nenvironments: {one: {vars: {who: A}}}\n"
DEFAULTS = "defaults: {webhook_url: 'http://default.example.com'}\n"
CONFIGURATIONS = (
    ENVIRONMENTS,
    f"{ENVIRONMENTS}{DEFAULTS}",
    f"{DEFAULTS}{ENVIRONMENTS}safety: {{max_deletes: 1}}\n",
    f"{ENVIRONMENTS}{DEFAULTS}# revox: ignore-file[ALL] no\n",
    f"{ENVIRONMENTS}{DEFAULTS}lint: {{ignore: [RVX5, RVX601]}}\n",
    f"{ENVIRONMENTS}lint: {{variables: [name]}}\n",
    f"{ENVIRONMENTS}lint: {{select: [ALL, RVX604], per-file-ignores: {{b: [RVX2]}}}}\n",
    ENVIRONMENTS.replace("who: A", "who: B"),
)
LOCKS = ('{"assistants": {}}', '{"assistants": {"a": {}}}')
VARIANTS = {
    "assistants/a.yaml": ASSISTANTS,
    "assistants/b.yaml": ASSISTANTS,
    "assistants/b.yml": ASSISTANTS[:2],
    "assistants/c.yaml": ASSISTANTS,
    "assistants/d.yaml": ASSISTANTS,
    "assistants/_shared.yaml": SHARED,
    "assistants/text.md": TEXTS,
    "revox-sync.yaml": CONFIGURATIONS,
    ".revox/one.lock.json": LOCKS,
}
SAMPLES = {path: st.sampled_from(texts) for path, texts in VARIANTS.items()}
SECOND = {"assistants/b.yml": SAMPLES.pop("assistants/b.yml")}
"""A second file with the address of another one."""
PROJECTS = st.fixed_dictionaries(SAMPLES, optional=SECOND)
EDITS = st.fixed_dictionaries({}, optional={path: st.none() | text for path, text in {**SAMPLES, **SECOND}.items()})


class Nothing:
    """A memory without any, so that everything is looked at."""

    def recall(self, _: AssistantFile) -> None:
        pass

    def keep(self, _: AssistantFile, __: FileResult) -> None:
        pass


@dataclass(slots=True)
class Counting:
    """A memory that knows which files it was no help with."""

    memory: ResultCache
    checked: list[str] = field(default_factory=list)

    def recall(self, file: AssistantFile) -> FileResult | None:
        return self.memory.recall(file)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        self.checked.append(file.address)
        self.memory.keep(file, result)


def edited(files: Files, edits: Mapping[str, str | None]) -> Files:
    """The files with other texts; those without are gone."""
    texts = {**files, **edits}
    return {path: text for path, text in texts.items() if text is not None}


def version(name: str, files: Files) -> Version:
    """A version that is read by itself, so that it shares no result with another one and all of it is compared."""
    workspace = Workspace(MemoryTree(files))
    environment = workspace.config.environment(None)
    return Version(name, workspace, environment, needed_to_plan(workspace, environment, Nothing()))


def versions(before: Files, after: Files) -> tuple[Version, Version]:
    """Both versions, as `diff` reads them."""
    former, later = Workspace(MemoryTree(before)), Workspace(MemoryTree(after))
    environments = [workspace.config.environment(None) for workspace in (former, later)]
    return read_versions(("then", former, environments[0]), ("now", later, environments[1]))


def shown(before: Version, after: Version) -> str:
    comparison = compare_versions("then → now", before, after)
    return diff_json.render(comparison, compare_findings(before, after, comparison.changes))


TWINS = {
    "assistants/a.yaml": ASSISTANTS[0],
    "assistants/b.yaml": ASSISTANTS[4],
    "assistants/_shared.yaml": SHARED[0],
    "revox-sync.yaml": ENVIRONMENTS,
}


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(PROJECTS, EDITS)
@example(TWINS, {"assistants/a.yaml": ASSISTANTS[2]})
@example({**TWINS, "assistants/b.yaml": ASSISTANTS[6]}, {"assistants/a.yaml": ASSISTANTS[6]})
@example({**TWINS, "assistants/a.yaml": ASSISTANTS[9]}, {"assistants/b.yaml": ASSISTANTS[7]})
@example({**TWINS, "assistants/b.yml": ASSISTANTS[0]}, {"assistants/b.yaml": None})
def test_what_is_left_out_is_not_missed(files: Files, edits: Mapping[str, str | None]) -> None:
    after = edited(files, edits)
    assert shown(*versions(files, after)) == shown(version("then", files), version("now", after))


def keys_of(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Every key of a schema that has no keys of its own, with those around it."""
    for name, node in schema.get("properties", {"NAME": schema.get("additionalProperties")}).items():
        whole = resolved(node)
        inside = f"{path}.{name}".removeprefix(".")
        if "properties" in whole or (isinstance(whole.get("additionalProperties"), dict) and name != "severity"):
            yield from keys_of(whole, inside)
        else:
            yield inside


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    name = node.get("$ref", "").removeprefix("#/$defs/")
    return {**load_schema("config")["$defs"][name], **node} if name else node


BASE = """\
version: 1
contract: "0.4"
default_environment: one
environments:
  one: {base_url: https://one.example.com/api, api_key: !env KEY, vars: {who: A, hook: http://x.example.com}}
  two: {contract: "0.2"}
defaults: {sms_message: Hello https://c.example.com}
lint: {ignore: [RVX601]}
"""
EVERY_KIND = {
    "assistants/broken.yaml": "name: [\n",
    "assistants/faulty.yaml": f"name: F\nsms_message: Hi\nprompt: Ask for {{{{name}}}} and {{{{ Name}}}}. TODO\n{LINK}",
    "assistants/plain.yaml": "name: P\nsms_message: Hi\nprompt: Greet.\nwebhook_url: http://plain.example.com\n",
    "assistants/variable.yaml": "name: !var who\nsms_message: Hi\nprompt: Greet.\nwebhook_url: !var hook\n",
    "assistants/inherits.yaml": f"name: I\nprompt: Greet.\n{LINK}",
    "assistants/includes.yaml": "name: C\nsms_message: Hi\nprompt: !include ../revox-sync.yaml#/default_environment\n",
    "assistants/commented.yaml": f"name: S\nsms_message: Hi\nprompt: Greet.\n{LINK[:-1]} # revox: ignore[RVX2] so\n",
    "other/moved.yaml": f"name: M\nsms_message: Hi\nprompt: Greet.\n{LINK}",
    "revox-sync.yaml": BASE,
}
PLAIN = {"broken", "commented", "faulty", "plain"}
ALL_BUT_INCLUDING = {*PLAIN, "inherits", "variable"}
# By key: the configuration with another value there, and the files that are not built and compared. One that includes
# revox-sync.yaml itself always is.
ONE_KEY: Mapping[str, tuple[str, str, set[str]]] = {
    "version": ("version: 1\n", "", ALL_BUT_INCLUDING),
    "assistants": ("lint:", "assistants: [assistants, other]\nlint:", ALL_BUT_INCLUDING),
    "contract": ('contract: "0.4"', 'contract: "0.2"', set()),
    "default_environment": ("default_environment: one", "default_environment: two", set()),
    "environments.NAME.base_url": ("https://one.example.com/api", "http://127.0.0.1:9/api", set()),
    "environments.NAME.api_key": ("!env KEY", "!env OTHER", {*PLAIN, "variable"}),
    "environments.NAME.contract": ("{base_url", '{contract: "0.2", base_url', set()),
    "environments.NAME.vars": ("who: A", "who: B", PLAIN),
    "defaults": ("Hello", "Good day", {*PLAIN, "variable"}),
    "ignore_changes.NAME": ("lint:", "ignore_changes: {'*': [prompt]}\nlint:", ALL_BUT_INCLUDING),
    "lint.select": ("{ignore", "{select: [RVX4], ignore", ALL_BUT_INCLUDING),
    "lint.ignore": ("[RVX601]", "[RVX601, RVX2]", ALL_BUT_INCLUDING),
    "lint.severity": ("{ignore", "{severity: {RVX2: error}, ignore", ALL_BUT_INCLUDING),
    "lint.per-file-ignores.NAME": ("{ignore", "{per-file-ignores: {faulty: [ALL]}, ignore", ALL_BUT_INCLUDING),
    "lint.variables": ("{ignore", "{variables: [name], ignore", ALL_BUT_INCLUDING),
    "safety.max_deletes": ("lint:", "safety: {max_deletes: 3}\nlint:", ALL_BUT_INCLUDING),
    "safety.protect": ("lint:", "safety: {protect: ['*']}\nlint:", ALL_BUT_INCLUDING),
    "safety.test_numbers": ("lint:", "safety: {test_numbers: ['+33639980001']}\nlint:", ALL_BUT_INCLUDING),
    "unmanaged": ("lint:", "unmanaged: ['*']\nlint:", ALL_BUT_INCLUDING),
}


def test_each_key_of_the_configuration_is_tried() -> None:
    assert set(keys_of(load_schema("config"))) == ONE_KEY.keys()


@pytest.mark.parametrize("order", [1, -1], ids=["forwards", "backwards"])
@pytest.mark.parametrize("key", ONE_KEY)
def test_only_what_a_key_of_the_configuration_can_reach_is_compared(key: str, order: int) -> None:
    old, new, spared = ONE_KEY[key]
    changed = {**EVERY_KIND, "revox-sync.yaml": BASE.replace(old, new)}
    assert changed != EVERY_KIND
    before, after = (EVERY_KIND, changed)[::order]
    pair = versions(before, after)
    assert shown(*pair) == shown(version("then", before), version("now", after))
    assert {file.address for file in same_files(*(each.results for each in pair))} == spared


@pytest.mark.parametrize(
    ("edits", "checked"),
    [
        ({}, []),
        ({"assistants/b.yaml": ASSISTANTS[1]}, ["b", "b"]),
        ({"assistants/d.yaml": None}, ["d"]),
        ({"assistants/_shared.yaml": SHARED[1]}, ["a", "a"]),
        ({"assistants/a.yaml": ASSISTANTS[5]}, ["a", "a"]),
    ],
)
def test_only_what_differs_is_checked(edits: Mapping[str, str | None], checked: list[str]) -> None:
    files = {
        "assistants/a.yaml": ASSISTANTS[6],
        **{f"assistants/{name}.yaml": f"name: {name}\nprompt: Greet.\n" for name in "bcd"},
        "assistants/_shared.yaml": SHARED[0],
    }
    before, after = versions(files, edited(files, edits))
    memory = Counting(Nothing())
    bystanders = UnchangedResults(before.results, after.results, memory)
    for each in (before, after):
        lint(each.workspace, each.workspace.files, [each.environment], cache=bystanders)
    assert memory.checked == checked


class SavedTree(MemoryTree):
    """Files in memory; one is saved, half-finished, as soon as it was read."""

    def __init__(self, files: Files, half: str) -> None:
        super().__init__(files)
        self._half = half
        self._read = False

    def read(self, path: str) -> bytes:
        if path != "assistants/a.yaml":
            return super().read(path)
        self._read, before = True, self._read
        return self._half.encode() if before else super().read(path)


@pytest.mark.parametrize("half", ["", "name: [A]\n", "name: A\nprompt: !file missing.md\n"])
def test_a_file_that_is_saved_meanwhile_stops_the_comparison(half: str) -> None:
    later = Workspace(SavedTree(TWINS, half))
    environment = later.config.environment(None)
    results = needed_to_plan(later, environment, Nothing())
    now = Version("now", later, environment, results)
    with pytest.raises(RefusedError, match=r"`assistants/a\.yaml` has changed in the meantime"):
        compare_versions("then → now", version("then", TWINS), now)
