"""What is done to the disk, in order: what only a power cut would show."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from revox_sync.source.files.replace_file import sync_folder
from tests.call_counts import watched

_WATCHED: Final = {os.fsync: "sync", os.replace: "replace", os.unlink: "unlink", os.close: "close"}


def effects(act: Callable[[], object]) -> list[str]:
    """What a call does, such as `["sync file", "close", "replace"]`; it is really done."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, function: Any) -> None:
        name = _WATCHED.get(function) if event == "c_call" else None
        if name == "sync":
            found.append("sync folder" if frame.f_code is sync_folder.__code__ else "sync file")
        elif name is not None:
            found.append(name)

    watched(act, watch)
    return found
