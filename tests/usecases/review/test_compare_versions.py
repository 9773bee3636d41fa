"""Comparing two versions: leaving out what is the same in both changes nothing about the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from revox_sync.errors import RefusedError
from revox_sync.lint.baseline.broken_files import needed_to_plan
from revox_sync.lint.baseline.reused_results import SharedResults, UnchangedResults
from revox_sync.lint.engine.engine import ResultCache, lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.output.json import diff as diff_json
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.usecases.review.compare_versions import Version, compare_findings, compare_versions

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
CONFIGURATIONS = (
    ENVIRONMENTS,
    f"{ENVIRONMENTS}defaults: {{webhook_url: 'http://default.example.com'}}\n",
    f"{ENVIRONMENTS}lint: {{select: [ALL, RVX604], per-file-ignores: {{b: [RVX2]}}}}\n",
    ENVIRONMENTS.replace("who: A", "who: B"),
)
LOCKS = ('{"assistants": {}}', '{"assistants": {"a": {}}}')
VARIANTS = {
    "assistants/a.yaml": ASSISTANTS,
    "assistants/b.yaml": ASSISTANTS,
    "assistants/c.yaml": ASSISTANTS,
    "assistants/d.yaml": ASSISTANTS,
    "assistants/_shared.yaml": SHARED,
    "assistants/text.md": TEXTS,
    "revox-sync.yaml": CONFIGURATIONS,
    ".revox/one.lock.json": LOCKS,
}
PROJECTS = st.fixed_dictionaries({path: st.sampled_from(texts) for path, texts in VARIANTS.items()})
EDITS = st.fixed_dictionaries(
    {}, optional={path: st.none() | st.sampled_from(texts) for path, texts in VARIANTS.items() if "/" in path}
)


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


def version(name: str, files: Files, results: Mapping[AssistantFile, FileResult] | None = None) -> Version:
    workspace = Workspace(MemoryTree(files))
    environment = workspace.config.environment(None)
    found = needed_to_plan(workspace, environment, Nothing()) if results is None else results
    return Version(name, workspace, environment, found)


def versions(before: Files, after: Files) -> tuple[Version, Version]:
    """Both versions, as `open_versions` makes them."""
    former, later = Workspace(MemoryTree(before)), Workspace(MemoryTree(after))
    echo = SharedResults(later, former)
    second = needed_to_plan(later, later.config.environment(None), echo)
    first = needed_to_plan(former, former.config.environment(None), echo)
    return version("then", before, first), version("now", after, second)


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
def test_what_is_left_out_is_not_missed(files: Files, edits: Mapping[str, str | None]) -> None:
    after = edited(files, edits)
    assert shown(*versions(files, after)) == shown(version("then", files), version("now", after))


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
