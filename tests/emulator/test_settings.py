from __future__ import annotations

import pytest

from revox_sync.emulator.faults import Fault
from revox_sync.emulator.settings import EmulatorSettings


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"faults": (Fault("slow", 0.1), Fault("slow", 0.2))}, "`slow` is named twice"),
        ({"requests_per_second": 0.0}, "above 0"),
        ({"requests_per_second": float("inf")}, "above 0"),
        ({"grow_faq": 2.0}, "from 0 to 1"),
    ],
)
def test_settings_out_of_range(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        EmulatorSettings(**wrong)  # type: ignore[arg-type]  # one case per key


def test_ids_are_unique_and_begin_with_their_kind() -> None:
    ids = {EmulatorSettings().new_id("asst") for _ in range(100)}
    assert len(ids) == 100
    assert all(new_id.startswith("asst_") for new_id in ids)
