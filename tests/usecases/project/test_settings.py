"""How the common options want text to be shown."""

from __future__ import annotations

from io import StringIO

import pytest

from revox_sync.output.text.style import ansi, no_style
from revox_sync.usecases.project.settings import Settings


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "stream", "environ", "coloured"),
    [
        ("auto", Terminal(), {}, True),
        ("auto", StringIO(), {}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("auto", Terminal(), {"NO_COLOR": "0"}, False),
        ("auto", StringIO(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", StringIO(), {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        ("auto", StringIO(), {"FORCE_COLOR": ""}, False),
        ("auto", StringIO(), {"FORCE_COLOR": "0"}, True),
        ("auto", StringIO(), {"CLICOLOR_FORCE": "1"}, True),
        ("auto", StringIO(), {"CLICOLOR_FORCE": "0"}, False),
        ("auto", StringIO(), {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
        ("auto", StringIO(), {"CLICOLOR": "1"}, False),
        ("auto", Terminal(), {"CLICOLOR": "1"}, True),
        ("auto", Terminal(), {"CLICOLOR": "0"}, False),
        ("auto", Terminal(), {"CLICOLOR": "0", "FORCE_COLOR": "1"}, True),
        ("auto", Terminal(), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ("never", Terminal(), {"FORCE_COLOR": "1"}, False),
        ("auto", Terminal(), {"TERM": "dumb"}, False),
        ("always", StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {}, False),
    ],
)
def test_colour(
    monkeypatch: pytest.MonkeyPatch, color: str, stream: StringIO, environ: dict[str, str], *, coloured: bool
) -> None:
    for name, value in {"TERM": "xterm", **environ}.items():
        monkeypatch.setenv(name, value)
    assert Settings(".", color=color).paint(stream) is (ansi if coloured else no_style)


def test_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    assert Settings(".").width(Terminal()) == 77
    assert Settings(".").width(StringIO()) == 100


@pytest.mark.parametrize(("verbosity", "said"), [(-1, ""), (0, "done\n"), (1, "done\n")])
def test_quiet(capsys: pytest.CaptureFixture[str], verbosity: int, said: str) -> None:
    Settings(".", verbosity=verbosity).tell("done")
    assert capsys.readouterr() == ("", said)
