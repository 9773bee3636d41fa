"""The program: runs a command line, and turns what stops it into an exit code."""

# os, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH109

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from revox_sync.cli.terminal.streams import prepare_streams
from revox_sync.errors import ExitCode, RevoxSyncError
from revox_sync.usecases.project.settings import THIS_MACHINE, Settings, World, say
from revox_sync.version import __version__

if TYPE_CHECKING:
    from revox_sync.usecases.lint.request import LintRequest

VERSION_QUESTIONS: Final = (["--version"], ["-V"])
LONGEST_LINE: Final = 2_000
"""Characters of a message's line that are shown."""


def entry() -> None:
    """The console script."""
    # A run builds much and drops little: by default the collector looks at all of it again and again.
    gc.set_threshold(200_000, 50, 1000)
    stdout = prepare_streams()
    code = run(sys.argv[1:])
    stdout.flush()
    if stdout.failure is not None and code == ExitCode.OK:
        code = _stopped(f"cannot write to stdout: {stdout.failure}", None, ExitCode.USAGE)
    sys.stderr.flush()
    # Everything is written and closed; taking the interpreter apart takes longer than checking a file.
    os._exit(code)


def run(arguments: Sequence[str], world: World = THIS_MACHINE) -> int:
    """Run one command line and return its exit code.

    Args:
        world: where it runs.
    """
    try:
        return _run(arguments, world)
    except RevoxSyncError as error:
        return _stopped(error.message, error.hint, error.exit_code)
    except KeyboardInterrupt:
        return _stopped("interrupted", None, ExitCode.INTERRUPTED)
    except FileNotFoundError as error:  # also a working directory that is gone
        return _stopped(f"{error.strerror}: {error.filename or 'the current folder'}", None, ExitCode.USAGE)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a clear message instead of a traceback
        return _bug(error, arguments)


def _run(arguments: Sequence[str], world: World) -> int:
    # What is asked most often, and by scripts and hooks, does without click: importing it takes as long as an answer.
    if list(arguments) in VERSION_QUESTIONS:
        sys.stdout.write(f"revox-sync {__version__}\n")
        return ExitCode.OK
    if arguments[:1] == ["__complete"]:
        from revox_sync.cli.completion.engine import answer_shell

        sys.stdout.write(answer_shell(arguments[1:]))
        return ExitCode.OK
    if arguments[:1] == ["lint"]:
        from revox_sync.usecases.lint.request import plain_request

        plain = plain_request(arguments[1:])
        if plain is not None:
            return _lint(*plain)
    if arguments[:1] == ["fmt"] and not any(word.startswith("-") and word != "--check" for word in arguments[1:]):
        return _format(arguments[1:])
    from revox_sync.cli.program import run_program

    return run_program(arguments, world)


def _lint(request: LintRequest, paths: Sequence[str]) -> int:
    """What click would come to with these options, which are all it would find."""
    from revox_sync.cli.options.targets import Target
    from revox_sync.cli.reports.formats import REPORT_FORMATS
    from revox_sync.cli.run_lint import lint_paths

    return lint_paths(Settings(os.getcwd()), paths, request, [Target(next(iter(REPORT_FORMATS["lint"])), None)])


def _format(words: Sequence[str]) -> int:
    """What click would come to with nothing but paths and `--check`."""
    from revox_sync.cli.run_fmt import format_paths
    from revox_sync.usecases.format.request import FormatRequest

    request = FormatRequest(check="--check" in words)
    return format_paths(Settings(os.getcwd()), [word for word in words if word != "--check"], request)


def _stopped(message: str, hint: str | None, code: ExitCode) -> ExitCode:
    say("\n".join(["error: " + "\n".join(_lines(message)), *(f"  {line}" for line in _lines(hint or ""))]))
    return code


def _lines(text: str) -> list[str]:
    """What may be printed of a text: it may quote a file or a server."""
    from revox_sync.output.text.visible import visible_lines  # a run that says nothing is too short to import it

    return visible_lines("\n".join(line[:LONGEST_LINE] for line in text.splitlines()))


def _bug(error: Exception, arguments: Sequence[str]) -> ExitCode:
    if {"-v", "--verbose"} & set(arguments):
        import traceback

        say("\n".join(_lines("".join(traceback.format_exception(error)))))
    say(f"error: this is a bug in revox-sync ({type(error).__name__}); run again with -v and report what it prints")
    return ExitCode.BUG
