"""A short soak, and that a soak notices what it is for; the long one is `make soak`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.planted_faults import PLANTED, SEED

pytestmark = pytest.mark.long
COUNTERS = ("duplicates", "lost updates", "lost lock entries", "leaks", "anything else wrong")


def python(*arguments: str, folder: Path, hash_seed: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the soak said about programs that do something wrong."""
    ran = python("tests.planted_faults", folder=tmp_path_factory.mktemp("planted"), hash_seed="1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_noticed(planted: Any, name: str) -> None:
    assert planted["found"][name]


def test_a_round_is_the_same_every_time(planted: Any, tmp_path: Path) -> None:
    """Another process, another order of sets: the same requests, the same answers, in the same order."""
    ran = python("tools.soak", "--replay", f"{SEED}:0", folder=tmp_path, hash_seed="2")
    assert (ran.returncode, planted["violations"]) == (0, []), ran.stdout + ran.stderr
    assert re.findall(r"has the digest (\w+)", ran.stdout) == [planted["digest"]]
    for name in COUNTERS:
        assert re.search(rf"^{name} +0$", ran.stdout, re.MULTILINE)
    (faults,) = re.findall(r"^injected faults +([\d,]+)$", ran.stdout, re.MULTILINE)
    assert int(faults.replace(",", "")) > 10
    (trace,) = tmp_path.glob("*/trace.txt")
    assert "POST /api/assistants" in trace.read_text("utf-8")


def test_a_failure_says_how_to_play_it_again(tmp_path: Path) -> None:
    ran = python("tools.soak", "--replay", "3", folder=tmp_path, hash_seed="0")
    assert ran.returncode == 2
    assert "`3` is not SEED:ROUND, two whole numbers such as 3:17" in ran.stderr
