"""docs/start.md is played from top to bottom: every command is run, every change is made, every output is compared.

`--rewrite-golden` writes the outputs anew.
"""

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

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "start.md"
BLOCK = re.compile(r"(?<=^```)(console|diff)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who follows the page.

    Attributes:
        port: where their emulator listens.
        first_line: what it said.
    """

    port: str
    first_line: str
    capture: pytest.CaptureFixture[str]

    def follow(self, block: re.Match[str]) -> str:
        """Do what a block of the page asks for; the block as it should be."""
        kind, text = block.groups()
        if kind == "diff":
            self.edit(text)
            return block[0]
        commands = re.findall(r"(?m)^\$ revox-sync (.*)$", text)
        return "console\n" + "\n".join(f"$ revox-sync {each}\n{self.output(each)}" for each in commands)

    def edit(self, difference: str) -> None:
        path = Path("assistants/hello.yaml")
        before, after = (re.findall(rf"(?m)^{re.escape(sign)}(.*)$", difference) for sign in "-+")
        text = path.read_text("utf-8")
        assert text.count("\n".join(before)) == 1
        path.write_text(text.replace("\n".join(before), "\n".join(after)), "utf-8")

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
    played = BLOCK.sub(reader.follow, PAGE.read_text("utf-8"))
    if request.config.getoption("rewrite_golden"):
        PAGE.write_text(played, "utf-8")
    assert PAGE.read_text("utf-8") == played


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE.read_text("utf-8"))
    assert targets
    assert [each for each in targets if not (PAGE.parent / each).is_file()] == []
