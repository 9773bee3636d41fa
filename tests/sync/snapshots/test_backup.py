"""Backups: what is fetched, where it goes, and which ones are kept."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.errors import RefusedError, UnreachableError
from revox_sync.remote.http.listing import AssistantList
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions
from revox_sync.sync.snapshots.backup import BackedUp, collect, write_backup
from revox_sync.sync.snapshots.snapshot import load_snapshot
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

NOW: Final = "2026-11-22T16:05:00Z"
HOOK: Final = "https://hooks.example.com/canary"


class Api:
    """Has every assistant but `gone`, and breaks for `broken`."""

    connections = 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def expect(self, number: int) -> None:
        pass

    def abort(self) -> None:
        """Nothing is under way."""

    def listing(self) -> AssistantList:
        raise NotImplementedError

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        self.asked.append(assistant_id)
        if assistant_id == "broken":
            raise UnreachableError("no answer", end="timeout")
        return None if assistant_id == "gone" else {"id": assistant_id, "name": assistant_id, "webhook_url": HOOK}


def change(address: str, action: Action, id_: str | None, **more: Any) -> Change:
    return Change(address, address, id_, action, **more)


def plan(*changes: Change) -> Plan:
    return Plan("production", "https://x/api", "org_1", PlanOptions(), "digest", changes)


PLAN: Final = plan(
    change("new", Action.CREATE, None),
    change("same", Action.NOOP, "asst_same"),
    change("update", Action.UPDATE, "asst_update", declared={"webhook_url": Secret(None, "HOOK")}),
    change("moved", Action.UPDATE, "asst_moved", previous_address="old"),
    change("delete", Action.DELETE, "asst_delete"),
    change("left", Action.DELETE, "gone"),
)
SECRET: Final[dict[Pointer, None]] = {("webhook_url",): None}
LOCK: Final = Lock(
    "production",
    "https://x/api",
    "org_1",
    {"old": LockEntry("asst_moved", "m", SECRET), "delete": LockEntry("asst_delete", "d", SECRET)},
)


def saved(folder: Path, name: str = "production-20261122T160500Z.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("{}", "utf-8")
    return folder / name


def test_a_saved_plan_has_everything_it_touches_fetched() -> None:
    api = Api()
    held = collect(api, PLAN, {})
    assert sorted(api.asked) == ["asst_delete", "asst_moved", "asst_update", "gone"]
    assert {key: each.whole for key, each in held.items()} == dict.fromkeys(
        ["asst_update", "asst_moved", "asst_delete"], True
    )


def test_a_new_plan_has_only_its_deletes_fetched() -> None:
    api, known = Api(), {key: {"id": key, "name": key} for key in ("asst_update", "asst_moved", "asst_delete")}
    held = collect(api, PLAN, known)
    assert sorted(api.asked) == ["asst_delete", "gone"]
    assert {key: each.whole for key, each in held.items()} == {
        "asst_update": False,
        "asst_moved": False,
        "asst_delete": True,
    }


def test_what_cannot_be_fetched_stops_it() -> None:
    with pytest.raises(UnreachableError):
        collect(Api(), plan(change("a", Action.UPDATE, "broken")), {})


def test_a_backup_is_a_snapshot_without_secrets(tmp_path: Path) -> None:
    folder = tmp_path / ".revox" / "backup"
    path = write_backup(folder, PLAN, collect(Api(), PLAN, {}), LOCK, NOW)
    assert path == folder / "production-20261122T160500Z.json"
    text = path.read_text("ascii")
    assert HOOK not in text
    snapshot = load_snapshot(text, str(path))
    assert (snapshot.complete, snapshot.taken_at, snapshot.organization_id) == (False, NOW, "org_1")
    assert [(each.address, each.id, each.whole) for each in snapshot.assistants] == [
        ("delete", "asst_delete", True),
        ("moved", "asst_moved", True),
        ("update", "asst_update", True),
    ]
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    assert (tmp_path / ".revox" / ".gitignore").is_file()


def test_nothing_touched_nothing_saved(tmp_path: Path) -> None:
    assert write_backup(tmp_path / ".revox" / "backup", PLAN, {}, LOCK, NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_two_backups_in_one_second(tmp_path: Path) -> None:
    held = [{"asst_update": BackedUp({"id": "asst_update", "name": f"u{n}"}, whole=True)} for n in range(3)]
    paths = [write_backup(tmp_path / "backup", PLAN, each, LOCK, NOW) for each in held]
    assert [path.name for path in paths if path] == [
        "production-20261122T160500Z.json",
        "production-20261122T160500Z-2.json",
        "production-20261122T160500Z-3.json",
    ]


def test_the_newest_ten_of_an_environment_stay(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    old = [saved(folder, f"production-20261122T16040{number}Z.json") for number in range(8)]
    old += [saved(folder, f"production-20261122T160409Z-{number}.json") for number in (10, 2, 9)]
    foreign = [
        saved(folder, name)
        for name in ("production.json", "production-eu-20200101T000000Z.json", "notes-production-x.json", "a.txt")
    ]
    (folder / "production-20200101T000000Z.json").symlink_to(foreign[0])
    (folder / "production-20200102T000000Z.json").mkdir()
    held = {"asst_update": BackedUp({"id": "asst_update", "name": "u"}, whole=True)}
    newest = write_backup(folder, PLAN, held, LOCK, NOW)
    assert newest is not None
    assert [path.exists() for path in old] == [False, False, *[True] * 9]
    assert all(path.exists() for path in (newest, *foreign))
    assert (folder / "production-20200101T000000Z.json").is_symlink()


def test_backups_of_a_wrong_clock_do_not_push_out_those_of_the_right_one(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    future = [saved(folder, f"production-2099010{number}T000000Z.json") for number in range(10)]
    made = []
    for number in range(3):
        held = {"asst_update": BackedUp({"id": "asst_update", "name": f"u{number}"}, whole=True)}
        made.append(write_backup(folder, PLAN, held, LOCK, f"2026-11-22T16:0{number}:00Z"))
    assert [path is not None and path.exists() for path in made] == [True, True, True]
    assert [path.exists() for path in future] == [False, False, False, *[True] * 7]


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file", "utf-8")
    held = {"asst_update": BackedUp({"id": "asst_update", "name": "u"}, whole=True)}
    with pytest.raises(RefusedError, match=r"the backup cannot be written: .*; nothing was sent"):
        write_backup(tmp_path / "backup", PLAN, held, LOCK, NOW)
