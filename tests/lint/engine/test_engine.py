"""Findings of several files and environments as one report, and results that are not worked out again."""

from __future__ import annotations

from revox_sync.config import LintOptions
from revox_sync.lint.engine.engine import FileChecks, lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.model.finding import ANCHORED, INCLUDED
from revox_sync.lint.registry import select
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace
from tests.lint.project import lint_files

HEAD = "name: A\nprompt: Hi\n"
ENVIRONMENTS = "version: 1\nenvironments: {a: {vars: {v: 9}}, b: {vars: {v: x}}, c: {vars: {v: 9}}}\n"


class Remembering:
    """A result cache without a file."""

    def __init__(self) -> None:
        self.results: dict[AssistantFile, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        return self.results.get(file)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        self.results[file] = result


def test_a_fault_in_a_shared_file_is_one_finding_that_names_every_file_that_includes_it() -> None:
    files = {
        "assistants/a.yaml": "name: A\nprompt: Hi\nvoice: !include _voice.yaml\n",
        "assistants/b.yaml": "name: B\nprompt: Hi\nvoice: !include _voice.yaml\n",
        "assistants/_voice.yaml": "id: x\nprovider: cartesia\nspede: 1\n",
    }
    (finding,) = lint_files(files, "RVX101").findings
    assert (finding.region.path, finding.region.line) == ("assistants/_voice.yaml", 3)
    assert [(entry.message, entry.region.path) for entry in finding.related] == [
        (INCLUDED, "assistants/a.yaml"),
        (INCLUDED, "assistants/b.yaml"),
    ]


def test_a_fault_behind_an_anchor_is_one_finding() -> None:
    text = HEAD + "faq_items: [&f {question: Q, answr: A}, *f]\n"
    assert len(lint_files({"assistants/a.yaml": text}, "RVX101").findings) == 1


def related(text: str, *select: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Line and column of each finding, and message and line of what is related."""
    config = "version: 1\nenvironments: {e: {vars: {long: 600}}}\n"
    found = lint_files({"revox-sync.yaml": config, "assistants/a.yaml": HEAD + text}, *select).findings
    return [
        (f"{each.region.line}:{each.region.column}", [(entry.message, entry.region.line) for entry in each.related])
        for each in found
    ]


def test_a_wrong_use_of_an_alias_is_reported_there() -> None:
    text = "max_call_duration_secs: &x 600\nfirst_sentence: *x\n"
    assert related(text, "RVX103") == [("4:17", [(ANCHORED, 3)])]
    text = "voice: &v {id: x, provider: gradium}\ncall_retry_config:\n  calling_windows: [*v]\n"
    assert ("5:21", [(ANCHORED, 3)]) in related(text, "RVX101")


def test_a_wrong_use_of_a_merge_key_is_reported_there() -> None:
    text = "x: &v {id: x, provider: nobody}\nvoice:\n  <<: *v\n"
    assert ("5:7", [(ANCHORED, 3)]) in related(text, "RVX104")


def test_a_wrong_use_of_a_variable_names_where_it_is_set() -> None:
    assert related("first_sentence: !var long\n", "RVX103") == [("3:17", [("the variable is set here", 2)])]


def test_a_secret_behind_an_alias_is_masked_where_it_is_written() -> None:
    model = "llm_model: {type: custom, model_name: m, api_url: 'https://x.io', api_key: *k}\n"
    found = lint_files({"assistants/a.yaml": HEAD + "x: &k hunter2secret\n" + model}).findings
    assert {each.region.line for each in found} >= {3}
    assert not any("hunter2" in each.excerpt for each in found)


def test_what_only_some_environments_show_names_them() -> None:
    text = HEAD + "background_sound_volume: !var v\nfirst_sentence_mode: purple\n"
    found = lint_files({"revox-sync.yaml": ENVIRONMENTS, "assistants/a.yaml": text}, "RVX1").findings
    ends = [finding.message.partition(" (")[2] for finding in found]
    assert sorted(ends) == ["", "environment `b`)", "environments `a`, `c`)"]


def test_findings_are_in_order_of_path_and_position() -> None:
    text = HEAD + "zzz: 1\naaa: 1\n"
    report = lint_files({"assistants/b.yaml": text, "assistants/a.yaml": text.replace("A", "B")}, "RVX101")
    assert [(finding.region.path[-6:], finding.region.line) for finding in report.findings] == [
        ("a.yaml", 3),
        ("a.yaml", 4),
        ("b.yaml", 3),
        ("b.yaml", 4),
    ]
    assert report.files == 2


def test_each_file_is_checked_and_counted_once() -> None:
    workspace = Workspace(MemoryTree({"assistants/a.yaml": HEAD + "zzz: 1\n"}))
    file = workspace.files[0]
    report = lint(workspace, [file, file], [workspace.config.environment(None)], LintOptions(select=("RVX101",)))
    assert len(report.findings) == 1


def test_complete_results_are_kept_and_used() -> None:
    files = {
        "assistants/a.yaml": HEAD,
        "assistants/b.yaml": "name: B\nprompt: !file gone.md\n",
    }
    workspace = Workspace(MemoryTree(files))
    environments = [workspace.config.environment(None)]
    cache = Remembering()
    checks = FileChecks(workspace, environments, select(LintOptions()), cache=cache)
    results = checks.results(workspace.files, None)
    assert list(results) == list(workspace.files)
    # Nothing tells when the file that is missing appears.
    assert [file.address for file in cache.results] == ["a"]
    again = FileChecks(workspace, environments, select(LintOptions()), cache=cache).results(workspace.files, None)
    assert again[workspace.files[0]] is results[workspace.files[0]]
    assert again[workspace.files[1]] == results[workspace.files[1]]
