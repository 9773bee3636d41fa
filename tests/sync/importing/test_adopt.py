"""Which remote assistants get a file, and their lock entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.contract.fields import assistant_node, contract
from revox_sync.source.files.tree import DiskTree, MemoryTree
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.importing.adopt import NewFile, adopted_entry, bound_ids, clashing_with_files, namesakes, new_file
from revox_sync.sync.model.adopt_report import Skipped
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

MODEL: Final = {"type": "custom", "api_url": "https://x.example.com", "model_name": "m", "api_key": "hunter2"}


def named(key: str, name: str) -> Remote:
    return Remote(key, name, {})


def answer(**fields: Any) -> Remote:
    return remote_assistant({"id": "1", "name": "A", "prompt": "Hi", **fields})


CLASHES: Final[tuple[tuple[dict[str, str], dict[str, str], dict[str, str]], ...]] = (
    ({"1": "A", "2": "B"}, {"c": "C"}, {}),
    ({"1": "A", "2": "A", "3": "B"}, {}, {}),
    ({"1": "A"}, {"c": "A"}, {"1": "`c` has this name"}),
    ({"1": "A", "2": "A"}, {"c": "A"}, {"1": "`c` has this name", "2": "`c` has this name"}),
    ({"1": "A", "2": "a"}, {"c": "A "}, {"1": "`c` has this name", "2": "`c` has this name"}),
    ({"1": "A", "2": "B a"}, {"c": "A "}, {"1": "`c` has this name"}),
)


@pytest.mark.parametrize(("remotes", "files", "reasons"), CLASHES)
def test_clashes(remotes: dict[str, str], files: dict[str, str], reasons: dict[str, str]) -> None:
    found = list(clashing_with_files([named(key, name) for key, name in remotes.items()], files))
    assert {each.id: each.reason for each in found} == reasons
    assert all(str(each.id) in each.hint for each in found)


def test_addresses_of_one_name() -> None:
    found = namesakes({"c": "A", "a": "A", "d": "B", "b": "a "})
    assert found == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}


def test_ids_of_every_lock() -> None:
    tree = MemoryTree(
        {
            ".revox/one.lock.json": '{"assistants": {"a": {"id": "1"}, "": "note"}}',
            ".revox/local/two.lock.json": '{"assistants": {"b": {"id": "2"}}}',
            ".revox/broken.lock.json": "{",
            ".revox/other.lock.json": "[]",
            ".revox/strange.lock.json": '{"assistants": {"c": 3}}',
            ".revox/backup/x.json": '{"assistants": {"d": {"id": "4"}}}',
        }
    )
    assert bound_ids(tree) == {"1": ("a", "one"), "2": ("b", "two")}


def test_locks_that_lie_outside_the_project_bind_nothing(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "project"
    for each in (outside, root):
        each.mkdir()
    (outside / "test.lock.json").write_text('{"assistants": {"a": {"id": "1"}}}')
    (root / ".revox").symlink_to(outside)
    assert bound_ids(DiskTree(root)) == {}


def test_a_new_file_names_its_secrets() -> None:
    made = new_file(answer(llm_model=MODEL), "a", {}, contract(None), frozenset())
    assert isinstance(made, NewFile)
    assert made.fields["llm_model"]["api_key"] == Secret(None, "A_LLM_MODEL_API_KEY")
    assert made.variables == {"A_LLM_MODEL_API_KEY": ("llm_model", "api_key")}


def test_a_prompt_may_be_inherited() -> None:
    made = new_file(answer(), "a", {"prompt": "Hi"}, contract(None), frozenset())
    assert isinstance(made, NewFile)
    assert made.fields == {"name": "A"}


def test_without_a_prompt_it_is_skipped() -> None:
    made = new_file(answer(prompt=None), "a", {}, contract(None), frozenset())
    assert isinstance(made, Skipped)
    assert "`prompt`" in made.reason


ENTRIES: Final[tuple[tuple[dict[str, Any], dict[str, Any], tuple[Pointer, ...]], ...]] = (
    ({"first_sentence": "Hi"}, {"first_sentence": "Hi"}, ()),
    ({"first_sentence": "Hi"}, {}, (("first_sentence",),)),
    ({"llm_model": MODEL | {"api_key": Secret(None, "KEY")}}, {"llm_model": MODEL}, ()),
)


@pytest.mark.parametrize(("declared", "server", "differing"), ENTRIES)
def test_the_entry_holds_what_is_equal(
    declared: dict[str, Any], server: dict[str, Any], differing: tuple[Pointer, ...]
) -> None:
    body = {"name": "A", "prompt": "Hi", **declared}
    entry, found = adopted_entry(Desired("a", "A", body), answer(**server))
    assert found == differing
    assert (entry.id, entry.name) == ("1", "A")
    states = {each.pointer: each.state for each in compare(body, answer(**server).value, entry, assistant_node())}
    assert {pointer for pointer, state in states.items() if state is LeafState.UPDATE} == set(differing)
    assert set(states.values()) <= {LeafState.IN_SYNC, LeafState.UNCOMPARABLE, LeafState.UPDATE}
