"""A short soak: the long one is `make soak`."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.checkout import ROOT


@pytest.mark.slow
def test_nothing_is_lost_or_doubled() -> None:
    command = [sys.executable, "-m", "tools.soak", "--applies", "40", "--workers", "2", "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in ("duplicates", "lost updates", "lost lock entries", "leaks", "anything else wrong"):
        assert f"\n{name} " in ran.stdout
    (faults,) = re.findall(r"^injected faults +([\d,]+)$", ran.stdout, re.MULTILINE)
    assert int(faults.replace(",", "")) > 10
