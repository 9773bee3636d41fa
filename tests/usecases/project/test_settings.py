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
        ("auto", Terminal(), {"NO_COLOR": ""}, False),
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
    if "NO_COLOR" not in environ:
        monkeypatch.delenv("NO_COLOR", raising=False)
    assert Settings(".", color=color).paint(stream) is (ansi if coloured else no_style)


def test_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    assert Settings(".").width(Terminal()) == 77
    assert Settings(".").width(StringIO()) == 100


@pytest.mark.parametrize(("verbosity", "said"), [(-1, ""), (0, "done\n"), (1, "done\n")])
def test_quiet(capsys: pytest.CaptureFixture[str], verbosity: int, said: str) -> None:
    Settings(".", verbosity=verbosity).tell("done")
    assert capsys.readouterr() == ("", said)
