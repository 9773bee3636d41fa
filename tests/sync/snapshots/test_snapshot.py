"""Snapshots as text: what goes in comes out, secrets apart."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.planning.saved_plan_model import decode_value
from revox_sync.sync.snapshots.snapshot import (
    Captured,
    Snapshot,
    dump_snapshot,
    load_snapshot,
    require_organization,
    require_same_api,
)
from revox_sync.values.secret import Secret
from tests.account import SCHEMAS

SCHEMA: Final = json.loads((SCHEMAS / "snapshot.schema.json").read_text("utf-8"))
EMPTY: Final = Snapshot("production", "https://x/api", "org_1", "2026-11-22T16:05:00Z", complete=True, assistants=())


def text_with(**changed: Any) -> str:
    return json.dumps(json.loads(dump_snapshot(EMPTY)) | changed)


def nested(levels: int) -> dict[str, Any]:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return {"id": "a", "name": "A", "voice": value}


NO_SNAPSHOTS: Final = [
    ("", "is no snapshot"),
    ("[]", "is no snapshot"),
    ("[" * 100_000, "is no snapshot"),
    (text_with(format="x"), "is no snapshot"),
    (text_with(assistants=[{"address": None, "whole": True, "value": nested(140)}]), "is no snapshot"),
    (text_with(version=True), "of version true, not 1"),
    (text_with(version=None), "of version null, not 1"),
    (text_with(taken_at="yesterday"), "does not fit"),
    (text_with(base_url="ftp://x"), "does not fit"),
    (text_with(assistants=[{"address": None, "whole": True, "value": {"id": "", "name": "A"}}]), "does not fit"),
    (text_with(assistants=[{"address": None, "whole": True, "value": {"id": "a"}}]), "does not fit"),
    (text_with(**{"\ud800": 1}), "does not fit"),
]


@pytest.mark.parametrize(("text", "words"), NO_SNAPSHOTS, ids=range(len(NO_SNAPSHOTS)))
def test_what_is_no_snapshot(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_snapshot(text, "s.json")


def test_a_name_may_be_a_secret() -> None:
    value = {"id": "asst_0", "name": Secret("x"), "prompt": "p\ud800", "\ud800": 10**400}
    text = dump_snapshot(
        Snapshot(
            "e",
            "http://x",
            None,
            EMPTY.taken_at,
            complete=True,
            assistants=(Captured(None, whole=True, value=value | {"\ud800": 1}),),
        )
    )
    assert json.loads(text)["assistants"][0]["value"]["name"] == {"$secret": None}


def test_decoded_secrets_are_objects_of_their_own() -> None:
    first, second = decode_value([{"$secret": None}, {"$secret": None}])
    assert first is not second, "restore tells them apart by identity"


@pytest.mark.parametrize(
    ("environment", "base_url", "refused"),
    [
        ("production", "https://x/api", False),
        ("production", None, False),
        ("staging", "https://x/api", True),
        ("production", "https://y/api", True),
    ],
)
def test_a_snapshot_belongs_to_one_api(environment: str, base_url: str | None, *, refused: bool) -> None:
    if refused:
        with pytest.raises(RefusedError, match="was taken of"):
            require_same_api(EMPTY, "s.json", environment, base_url)
    else:
        require_same_api(EMPTY, "s.json", environment, base_url)


def test_a_snapshot_belongs_to_one_organisation() -> None:
    require_organization(EMPTY, "s.json", [None, "org_1"])
    with pytest.raises(RefusedError, match="organisation org_1, not org_2"):
        require_organization(EMPTY, "s.json", ["org_1", "org_2"])


def test_no_snapshot_can_ask_for_a_variable() -> None:
    value = {"id": "a", "name": "A", "webhook_url": {"$secret": "KEY"}, "prompt": {"$secret": None}}
    (found,) = load_snapshot(
        text_with(assistants=[{"address": "a", "whole": True, "value": value}]), "s.json"
    ).assistants
    assert found.value["webhook_url"] == {"$secret": "KEY"}
    assert isinstance(found.value["prompt"], Secret)
    assert found.value["prompt"].variable is None
