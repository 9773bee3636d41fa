"""Several processes say together what one says alone, whatever becomes of them."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from revox_sync.lint.cache.cache import Cache
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.engine.worker_pool import check_in_processes, fastest_number
from revox_sync.lint.model.finding import LintReport
from revox_sync.lint.registry import all_rules
from revox_sync.source.files.recorded_tree import RecordedTree
from revox_sync.source.files.tree import DiskTree, MemoryTree
from revox_sync.source.workspace import Workspace
from tests.lint.project import example_files

# Test runners have threads, and a copy that does not use them is no harm.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
HERE = os.getpid()
ENVIRONMENTS = (
    "version: 1\ncontract: '0.4'\nenvironments:\n"
    "  staging: {base_url: 'http://127.0.0.1:8787/api', vars: {hooks: 'http://127.0.0.1:9000'}}\n"
    "  production: {vars: {hooks: 'http://hooks.example.com', text: 'TODO write it'}}\n"
)
VARYING = 'name: V\nprompt: !var text\nwebhook_url: !sub "${hooks}/x"\n'
SHARED = "prompt: |\n  Greet {{contact_name}.\n"


@cache
def report(processes: int) -> LintReport:
    """Of a project with every kind of finding, with fixes, includes, environments and suppressions."""
    files: dict[str, bytes | str] = {"revox-sync.yaml": ENVIRONMENTS, "assistants/_shared.yaml": SHARED}
    for number in range(4):
        files[f"assistants/varies{number}.yaml"] = VARYING.replace("V", f"V{number}")
        files[f"assistants/includes{number}.yaml"] = f"name: I{number}\nprompt: !include _shared.yaml#/prompt\n"
    files |= example_files()
    workspace = Workspace(MemoryTree(files))
    environments = list(workspace.config.environments.values())
    return lint(workspace, workspace.files, environments, processes=processes)


@pytest.mark.parametrize("processes", [2, 3])
def test_the_report_is_the_same(processes: int) -> None:
    assert report(processes) == report(1)


def test_the_report_is_about_everything() -> None:
    found = report(1)
    offline = {rule.code for rule in all_rules() if rule.default and rule.code[:4] != "RVX7"}
    needs_other_configuration = {"RVX203"}
    assert offline - {each.code for each in found.findings} == needs_other_configuration
    assert any(each.fix for each in found.findings)
    assert any(each.related for each in found.findings)
    assert any("environment `" in each.message for each in found.findings)
    assert found.suppressed


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_results_are_in_order(processes: int) -> None:
    assert check_in_processes(processes, lambda number: number * 2, range(10)) == list(range(0, 20, 2))


def test_several_processes_check() -> None:
    assert len(set(check_in_processes(3, lambda _: os.getpid(), range(6)))) == 3


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_: int) -> None:
    raise RuntimeError


def interrupt(_: int) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def give_what_no_pipe_takes(_: int) -> Callable[[], int]:
    return lambda: 1


@pytest.mark.parametrize("end", [die, fail, interrupt, give_what_no_pipe_takes])
def test_what_another_process_was_to_check_is_checked_all_the_same(end: Callable[[int], object]) -> None:
    def check(number: int) -> object:
        return number if os.getpid() == HERE else end(number)

    assert check_in_processes(3, check, range(9)) == list(range(9))


def test_an_error_is_raised_and_no_process_stays() -> None:
    def check(number: int) -> int:
        if os.getpid() == HERE and number:
            raise KeyError(number)
        return number

    with pytest.raises(KeyError):
        check_in_processes(2, check, range(9))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_process_that_ignores_the_end_of_others_has_their_results(request: pytest.FixtureRequest) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    request.addfinalizer(lambda: signal.signal(signal.SIGCHLD, before))
    assert check_in_processes(3, lambda number: number * 2, range(10)) == list(range(0, 20, 2))


def test_few_files_are_worth_one_process() -> None:
    assert fastest_number(1) == fastest_number(199) == 1


class Counting(DiskTree):
    """Knows how often this process has read a file."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read_here: Counter[str] = Counter()

    def read(self, path: str) -> bytes:
        self.read_here[path] += 1
        return super().read(path)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_another_process_has_read_is_not_read_again_for_the_cache(tmp_path: Path, processes: int) -> None:
    root, kept = tmp_path / "project", str(tmp_path / "cache.json")
    (root / "assistants").mkdir(parents=True)
    for number in range(8):
        (root / "assistants" / f"a{number}.yaml").write_text(f"name: A{number}\nprompt: Hi\nsms_enabled: yes\n")
    tree = Counting(root)
    cache = Cache(kept, "key", tree, 0)
    cache.open_results("key")
    workspace = Workspace(cache.tree)
    environments = list(workspace.config.environments.values())
    found = lint(workspace, workspace.files, environments, cache=cache, processes=processes)
    cache.save((each.path for each in workspace.files), found)
    assert set(tree.read_here.values()) == {1}
    assert len(tree.read_here) == 8 // processes
    assert Cache(kept, "key", DiskTree(root), 0).answer() == found


def test_a_file_that_two_processes_saw_differently_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: A\n")
    one, other = (RecordedTree(DiskTree(tmp_path), {}, 0) for _ in range(2))
    one.read("a.yaml")
    (tmp_path / "a.yaml").write_text("name: B\n")
    other.read("a.yaml")
    assert one.digest("a.yaml") != other.digest("a.yaml")
    one.accept(other.observations(["a.yaml", "never-read.yaml"]))
    assert one.digest("a.yaml") is None
