from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

import pytest

from revox_sync.cli.terminal.links import links
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.lint.text import full
from revox_sync.output.text.style import ansi
from tests.output.findings import UNKNOWN

ROOT = "/project"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "linked"),
    [
        (Terminal(), {"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True),
        (Terminal(), {"TERM_PROGRAM": "WezTerm"}, True),
        (Terminal(), {"TERM": "linux"}, False),
        (Terminal(), {"TERM": "dumb", "VTE_VERSION": "7600"}, False),
        (Terminal(), {"FORCE_HYPERLINK": "1"}, True),
        (Terminal(), {"FORCE_HYPERLINK": "0", "TERM_PROGRAM": "vscode"}, False),
        (StringIO(), {"FORCE_HYPERLINK": "1", "TERM_PROGRAM": "vscode"}, False),
    ],
)
def test_links_only_on_terminals_that_show_them(stream: StringIO, environ: Mapping[str, str], *, linked: bool) -> None:
    text = links(ROOT, stream, environ)("a.yaml:1:1", "a.yaml")
    assert text == ("\x1b]8;;file:///project/a.yaml\x1b\\a.yaml:1:1\x1b]8;;\x1b\\" if linked else "a.yaml:1:1")


def test_position_leads_to_the_file() -> None:
    link = links(ROOT, Terminal(), {"FORCE_HYPERLINK": "1"})
    text = full(LintReport((UNKNOWN,), 1), ansi, 100, link)
    assert "\x1b]8;;file:///project/assistants/support%20%C3%A9.yaml\x1b\\assistants/support é.yaml:5:1" in text


def test_a_name_cannot_end_the_link() -> None:
    assert links(ROOT, Terminal(), {"FORCE_HYPERLINK": "1"})("x", "\x1b\\\x07.yaml").count("\x1b") == 4
