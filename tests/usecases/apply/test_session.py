"""What plan and apply share, where no server is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from revox_sync.errors import ConfigError, RefusedError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.state.lock_file import save_lock
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from tests.call_counts import call_counts

CONFIGURATION = """
version: 1
default_environment: local
environments:
  local: {base_url: "http://127.0.0.1:8787/api", api_key: emulator}
  production: {base_url: "https://api.example.com/api", api_key: !env T_KEY}
  elsewhere: {base_url: !env T_URL, api_key: x}
  open: {base_url: "http://api.example.com/api", api_key: x}
"""


ALLOWED = ("api.example.com",)


def session(root: Path, environment: str | None) -> Session:
    (root / "revox-sync.yaml").write_text(CONFIGURATION)
    settings = Settings(
        str(root), environment, color="never", verbosity=0, timeout=5.0, insecure_http=False, allow_hosts=ALLOWED
    )
    return open_session(settings)


def test_locks_of_this_machine_are_local(tmp_path: Path) -> None:
    assert session(tmp_path, None).lock_path == tmp_path / ".revox/local/local.lock.json"


def test_other_locks_are_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_KEY", "canary")
    opened = session(tmp_path, "production")
    assert opened.lock_path == tmp_path / ".revox/production.lock.json"
    assert dict(opened.load_lock().entries) == {}
    assert "canary" not in repr(opened)


def test_a_lock_that_stays_is_taken_apart_once(tmp_path: Path) -> None:
    opened = session(tmp_path, None)
    lock = Lock("local", "http://127.0.0.1:8787/api", None, {"a": LockEntry("asst_1", "A", {})})
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text("name: A\n")
    save_lock(opened.lock_path, lock)
    opened = session(tmp_path, None)
    calls = call_counts(lambda: (opened.load_lock(), opened.load_lock()))
    assert opened.load_lock() == lock
    assert calls["read_lock"] == 1
    text = opened.lock_path.read_text("ascii")
    opened.lock_path.write_text(text.replace('": {', '":  {'), "ascii")
    assert opened.load_lock() == lock  # written otherwise, it says the same
    opened.lock_path.write_text(text.replace("asst_1", "asst_2"), "ascii")
    with pytest.raises(RefusedError, match="was replaced while this command ran"):
        opened.load_lock()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            "production",
            "environment variable `T_KEY` is not set, or empty; `api_key` of environment `production` needs it",
        ),
        (
            "elsewhere",
            "environment variable `T_URL` is not set, or empty; `base_url` of environment `elsewhere` needs it",
        ),
        ("open", "would travel unencrypted"),
        ("nowhere", "environment `nowhere` does not exist"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, environment: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        session(tmp_path, environment)
    assert words in caught.value.message


FILES = {
    "revox-sync.yaml": "version: 1\n",
    "assistants/a.yaml": "name: A\nprompt: !file text.md\n",
    "assistants/b.yaml": "name: B\nprompt: !include _shared.yaml#/prompt\n",
    "assistants/c.yaml": "name: C\nprompt: !include _shared.yaml#/prompt\n",
    "assistants/_shared.yaml": "prompt: Greet.\n",
    "assistants/text.md": "Greet.\n",
}


class CountingTree(MemoryTree):
    """Files in memory, and how often each was read."""

    def __init__(self, files: Mapping[str, str] = FILES) -> None:
        super().__init__(files)
        self.reads: Counter[str] = Counter()

    def read(self, path: str) -> bytes:
        self.reads[path] += 1
        return super().read(path)


def test_each_file_is_read_once() -> None:
    tree = CountingTree()
    workspace = Workspace(tree)
    environment = workspace.config.environment(None)
    read = FileReader(workspace, environment, workspace.files)
    report = lint(workspace, workspace.files, [environment], NEEDED_TO_PLAN, suppressible=False, cache=read)
    assert report.findings == ()
    assert [(each.address, each.name) for each in read.desired_builder.desired()] == [
        ("a", "A"),
        ("b", "B"),
        ("c", "C"),
    ]
    assert {path: count for path, count in tree.reads.items() if not path.startswith(".revox")} == dict.fromkeys(
        FILES, 1
    )


def test_each_file_is_built_once() -> None:
    workspace = Workspace(MemoryTree(FILES))
    environment = workspace.config.environment(None)
    calls = call_counts(lambda: FileReader(workspace, environment, workspace.files))
    assert calls["Loader.load"] == len(workspace.files)


class EditedTree(CountingTree):
    """Files in memory; of one somebody saves another version as soon as it was read."""

    def read(self, path: str) -> bytes:
        content = super().read(path)
        return b"- not\n- an assistant\n" if path == "assistants/a.yaml" and self.reads[path] > 1 else content


def test_a_file_that_is_saved_meanwhile_is_planned_as_it_was_checked() -> None:
    # Whose the file with the fix is shows only when all assistants are read.
    fixable = {
        "assistants/a.yaml": "name: A\nprompt: !include _shared.yaml#/text\n",
        "assistants/_shared.yaml": "prompt: Greet.\ntext: 18:30\n",
    }
    workspace = Workspace(EditedTree(FILES | fixable))
    environment = workspace.config.environment(None)
    read = FileReader(workspace, environment, workspace.files)
    report = lint(workspace, workspace.files, [environment], NEEDED_TO_PLAN, suppressible=False, cache=read)
    assert [each.code for each in report.findings if each.region.path == "assistants/_shared.yaml"] == ["RVX007"]
    assert read.desired_builder.value("a") == {"name": "A", "prompt": "18:30"}
