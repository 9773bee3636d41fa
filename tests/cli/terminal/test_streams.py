"""Whatever the shell does to the standard streams, the exit code is that of the work; links only where they show."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest

from revox_sync.cli.terminal.streams import link_maker
from revox_sync.errors import ExitCode
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.text.findings import full
from revox_sync.output.text.style import ansi
from tests.account import Account
from tests.cli.program import SECONDS, started
from tests.output.findings import UNKNOWN

PROGRAM = f'"{sys.executable}" -c "from revox_sync.cli.main import entry; entry()"'
GOOD = "name: Émile 😀\nprompt: Bonjour.\n"
FIXABLE = GOOD + 'max_call_duration_secs: "60"\n'
BROKEN = "name: Émile 😀\npromt: Bonjour.\n"


def shell(project: Path, text: str, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (project / "assistants").mkdir()
    (project / "assistants" / "a.yaml").write_text(text, "utf-8")
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command.replace('revox-sync', PROGRAM)}"],
        cwd=project,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=30,
    )


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_text_an_encoding_lacks_is_escaped(tmp_path: Path, encoding: str) -> None:
    ran = shell(tmp_path, BROKEN + "name: Émile 😀\n", "revox-sync lint", PYTHONIOENCODING=encoding)
    assert ran.returncode == ExitCode.FINDINGS, ran.stderr
    assert "U0001f600" in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "command", "code"),
    [
        (GOOD, "revox-sync lint >&-", ExitCode.OK),
        (BROKEN, "revox-sync lint >&-", ExitCode.FINDINGS),
        (BROKEN, "revox-sync lint 2>&- >&-", ExitCode.FINDINGS),
        (BROKEN, "revox-sync lint | true", ExitCode.FINDINGS),
        (GOOD, "revox-sync lint > /dev/full", ExitCode.USAGE),
        (GOOD, "revox-sync --help > /dev/full", ExitCode.USAGE),
        (BROKEN, "revox-sync lint > /dev/full", ExitCode.FINDINGS),
        # What was fixed is fixed: nobody may take it for a wrong command line, after which nothing was done.
        (FIXABLE, "revox-sync lint --fix > /dev/full", ExitCode.INCOMPLETE),
        (GOOD, "revox-sync lint --fix -o json:/dev/full", ExitCode.USAGE),
        (BROKEN, "revox-sync lint --add-ignore why > /dev/full", ExitCode.INCOMPLETE),
        (GOOD, "revox-sync apply --timeout 0.3 <&-", ExitCode.UNREACHABLE),
        (GOOD, "mkdir gone; cd gone; rmdir ../gone; revox-sync lint", ExitCode.USAGE),
    ],
)
def test_exit_codes(tmp_path: Path, text: str, command: str, code: ExitCode) -> None:
    url = "http://127.0.0.1:9/api"  # the discard port: nothing listens
    ran = shell(tmp_path, text, command, REVOX_API_KEY="k", REVOX_BASE_URL=url)
    assert ran.returncode == code, ran.stderr
    assert "bug in revox-sync" not in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["apply", "--auto-approve", "a"], ExitCode.INCOMPLETE),
        (["apply", "--auto-approve", "-o", "json", "b"], ExitCode.INCOMPLETE),
        (["apply", "--auto-approve", "-o", "json:/dev/full", "c"], ExitCode.INCOMPLETE),
        (["pull", "--new"], ExitCode.INCOMPLETE),
        (["forget", "a"], ExitCode.INCOMPLETE),
        (["init", "--ci", "none"], ExitCode.INCOMPLETE),
        # What changes nothing says that it could not say what it found.
        (["plan"], ExitCode.USAGE),
        (["pull", "--check"], ExitCode.USAGE),
    ],
)
def test_a_report_that_is_lost_after_the_work(account: Account, arguments: list[str], code: ExitCode) -> None:
    """Nobody may take that for a wrong command line, after which nothing was done."""
    for address in "abc":
        account.declare(address)
    if arguments[0] == "forget":
        account.applied()
    with (
        Path("/dev/full").open("w") as disk,
        started("-C", str(account.root), *arguments, stdout=disk, stderr=subprocess.PIPE) as process,
    ):
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == code, err
    assert ("only its report is lost" in err) is (code == ExitCode.INCOMPLETE)
    assert (len(account.store.all()) > 0) is (arguments[0] in {"apply", "forget"})


@pytest.mark.slow
@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "-1", "0", "x"])
def test_a_timeout_is_a_number_of_seconds(tmp_path: Path, value: str) -> None:
    assert shell(tmp_path, GOOD, f"revox-sync lint --timeout {value}").returncode == ExitCode.USAGE


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
    text = link_maker(ROOT, stream, environ)("a.yaml:1:1", "a.yaml")
    assert text == ("\x1b]8;;file:///project/a.yaml\x1b\\a.yaml:1:1\x1b]8;;\x1b\\" if linked else "a.yaml:1:1")


def test_position_leads_to_the_file() -> None:
    link = link_maker(ROOT, Terminal(), {"FORCE_HYPERLINK": "1"})
    text = full(LintReport((UNKNOWN,), 1), ansi, 100, link)
    assert "\x1b]8;;file:///project/assistants/support%20%C3%A9.yaml\x1b\\assistants/support é.yaml:5:1" in text


def test_a_name_cannot_end_the_link() -> None:
    assert link_maker(ROOT, Terminal(), {"FORCE_HYPERLINK": "1"})("x", "\x1b\\\x07.yaml").count("\x1b") == 4
