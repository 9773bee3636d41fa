"""What fmt writes: only over what it has read."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import RefusedError
from revox_sync.usecases.format.job import FormatJob


def test_an_edit_that_was_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "assistants").mkdir()
    path = tmp_path / "assistants/a.yaml"
    path.write_text("a:   1\n")
    job = FormatJob(str(tmp_path), [])
    outcome = job.format()
    path.write_text("a:   2\n")
    with pytest.raises(RefusedError, match="was edited while this command ran"):
        job.write(outcome)
    assert path.read_text() == "a:   2\n"
