"""docs/start.md is played from top to bottom, with an emulator of its own."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import pytest

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode
from tests.checkout import ROOT
from tests.cli.program import started
from tests.played_page import require_links, require_played

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "start.md"
IDS = re.compile(r"asst_\w+")
TIMES = re.compile(r"\d{8}T\d{6}Z")
PORT = "8787"


class Terminal(io.TextIOBase):
    """Somebody who types `yes`, and sees on the screen what they type."""

    def isatty(self) -> bool:
        return True

    def readline(self, _: int = -1, /) -> str:  # type: ignore[override] # typeshed knows only that of bytes
        sys.stdout.write("yes\n")
        return "yes\n"


@dataclass(slots=True)
class Reader:
    """Somebody who follows the page.

    Attributes:
        port: where their emulator listens.
        first_line: what it said.
    """

    port: str
    first_line: str
    capture: pytest.CaptureFixture[str]
    edited: Path = Path("assistants/hello.yaml")

    def other(self, kind: str, text: str) -> None:
        """Nothing: what blocks of other languages show is for a machine without the program."""

    def output(self, command: str) -> str:
        if command == "emulate":
            return self.first_line.replace(self.port, PORT)
        with redirect_stderr(sys.stdout):
            code = run(command.split())
        shown = TIMES.sub("20260102T090000Z", IDS.sub("asst_81f2", self.capture.readouterr().out))
        assert code == ExitCode.OK, shown
        if command == "init":
            path = Path("revox-sync.yaml")
            path.write_text(path.read_text("utf-8").replace(PORT, self.port), "utf-8")
        return shown.replace(f":{self.port}/", f":{PORT}/")


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.delenv("REVOX_API_KEY", raising=False)
    with started("emulate", "--port", "0", stdout=PIPE) as emulator:
        assert emulator.stdout
        line = emulator.stdout.readline()
        (port,) = re.findall(r":(\d+)/", line)
        yield Reader(port, line, capsys)


def test_the_page_is_what_happens(reader: Reader, request: pytest.FixtureRequest) -> None:
    require_played(PAGE, reader, request)


def test_links_lead_to_files() -> None:
    require_links(PAGE)
