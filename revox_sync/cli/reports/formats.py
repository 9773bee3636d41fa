"""Every report format in one table, which commands ask: what draws the format, and what it is drawn from.

tests/cli/reports/test_formats.py demands of each format golden files, harmless output for hostile input, and an entry
in the README.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from revox_sync.errors import ExitCode, UsageError, worst
from revox_sync.home import DOCUMENTATION, IS_PLACEHOLDER
from revox_sync.output.text.style import Paint, no_style, painter, unlinked
from revox_sync.source.files.text_files import write_file
from revox_sync.usecases.project.settings import say
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.version import __version__

if TYPE_CHECKING:
    from revox_sync.cli.options.targets import Target
    from revox_sync.lint.model.finding import LintReport
    from revox_sync.output.page.model import Page
    from revox_sync.output.rules.page import RulePage
    from revox_sync.usecases.project.settings import Settings

MOST_CHARS: Final = 60_000
"""A comment on GitHub can have 65,536 characters."""


class View(NamedTuple):
    """How a report may look.

    Attributes:
        width: in columns.
        in_file: whether it goes into a file, where nothing stands above it.
    """

    paint: Paint
    width: int
    in_file: bool = False


class PageReport(NamedTuple):
    """What a command about assistants reports; each part is made when a format needs it.

    Attributes:
        page: what people see.
        json: what programs read.
        text: what people see at a terminal, where that is not the page.
        ending: what stdout gets of the text, where the rest stands above already.
        max_chars: most characters of the Markdown report.
        full: whether text shows long prompts of new assistants whole.
    """

    page: Callable[[], Page]
    json: Callable[[], str]
    text: Callable[[Paint, int], str] | None = None
    ending: Callable[[Paint], str] | None = None
    max_chars: int = MOST_CHARS
    full: bool = False


class PullOutput(NamedTuple):
    """What `pull` reports, which has no page."""

    text: Callable[[Paint, int], str]
    json: Callable[[], str]


class EnvironmentsOutput(NamedTuple):
    """What `env` reports; text is drawn for a width in columns."""

    text: Callable[[Paint, int], str]
    json: Callable[[], str]


class CallOutput(NamedTuple):
    """What `call` reports; text is drawn for a width in columns."""

    text: Callable[[Paint, int], str]
    json: Callable[[], str]


class DoctorOutput(NamedTuple):
    """What `doctor` reports; text is drawn for a width in columns."""

    text: Callable[[Paint, int], str]
    json: Callable[[], str]


class LintOutput(NamedTuple):
    """What `lint` reports.

    Attributes:
        root: the folder that paths are relative to, absolute: the project's, or one above several projects.
        folder: the folder in which somebody reads it, absolute; empty for `root`.
        counted: whether people see how many findings each rule has, and not where they are.
    """

    report: LintReport
    root: str
    folder: str = ""
    counted: bool = False

    def from_folder(self) -> LintReport:
        """The report as people need it: with paths that they can type."""
        from revox_sync.cli.reports.repository_paths import seen_from_folder

        return seen_from_folder(self.report, self.root, self.folder) if self.folder else self.report

    def from_repository(self) -> LintReport:
        """The report as code hosts need it: with paths from the top of the repository."""
        from revox_sync.cli.reports.repository_paths import seen_from_repository

        return seen_from_repository(self.report, self.root)


# The functions below import what they draw with, so that a run imports the modules of no other format.


def _page_text(report: PageReport, view: View) -> str:
    from revox_sync.output.page import to_text

    if report.ending is not None and not view.in_file:
        return report.ending(view.paint)
    if report.text is not None:
        return report.text(view.paint, view.width)
    return to_text.render(report.page(), view.paint, view.width, full=report.full)


def _page_markdown(report: PageReport, _: View) -> str:
    from revox_sync.output.page import to_markdown

    return to_markdown.render(report.page(), report.max_chars)


def _page_html(report: PageReport, _: View) -> str:
    from revox_sync.output.page import to_html

    return to_html.render(report.page())


def _lint_full(output: LintOutput, view: View) -> str:
    from revox_sync.cli.terminal.streams import link_maker
    from revox_sync.output.text import findings

    if output.counted:
        return findings.statistics(output.report, view.paint)
    # Links go where colours go: not into files.
    base = output.folder or output.root
    link = unlinked if view.paint is no_style else link_maker(base, sys.stdout, os.environ)
    return findings.full(output.from_folder(), view.paint, view.width, link)


def _lint_concise(output: LintOutput, view: View) -> str:
    from revox_sync.output.text import findings

    if output.counted:
        return findings.statistics(output.report, view.paint)
    return findings.concise(output.from_folder(), view.paint)


def _lint_json(output: LintOutput, _: View) -> str:
    from revox_sync.output.lint import json

    return json.render(output.report)


def _lint_sarif(output: LintOutput, _: View) -> str:
    from revox_sync.output.lint import sarif
    from revox_sync.usecases.lint.rule_pages import brief_pages

    address = None if IS_PLACEHOLDER else DOCUMENTATION
    return sarif.render(output.from_repository(), brief_pages(), __version__, address)


def _lint_github(output: LintOutput, _: View) -> str:
    from revox_sync.output.lint import github

    return github.render(output.from_repository())


def _lint_gitlab(output: LintOutput, _: View) -> str:
    from revox_sync.output.lint import gitlab

    return gitlab.render(output.from_repository())


def _rules_text(pages: Sequence[RulePage], view: View) -> str:
    from revox_sync.output.rules import text

    return text.rules_table(pages, view.paint, view.width)


def _rules_json(pages: Sequence[RulePage], _: View) -> str:
    from revox_sync.output.rules import json

    return json.render(pages)


def _rules_markdown(pages: Sequence[RulePage], _: View) -> str:
    from revox_sync.output.rules import markdown

    return markdown.rules_index(pages, link=lambda _: "")


def _rule_text(page: RulePage, view: View) -> str:
    from revox_sync.output.rules import text

    return text.render(page, view.paint, view.width)


def _rule_markdown(page: RulePage, _: View) -> str:
    from revox_sync.output.rules import markdown

    return markdown.render(page)


Draw = Callable[[Any, View], str]
"""Draws a report, of the type its kind has, in one format."""
REPORT_FORMATS: Final[Mapping[str, Mapping[str, Draw]]] = {
    "page": {
        "text": _page_text,
        "json": lambda report, _: report.json(),
        "markdown": _page_markdown,
        "html": _page_html,
    },
    "pull": {"text": lambda output, view: output.text(view.paint, view.width), "json": lambda output, _: output.json()},
    "env": {"text": lambda output, view: output.text(view.paint, view.width), "json": lambda output, _: output.json()},
    "call": {"text": lambda output, view: output.text(view.paint, view.width), "json": lambda output, _: output.json()},
    "doctor": {
        "text": lambda output, view: output.text(view.paint, view.width),
        "json": lambda output, _: output.json(),
    },
    "lint": {
        "full": _lint_full,
        "concise": _lint_concise,
        "json": _lint_json,
        "sarif": _lint_sarif,
        "github": _lint_github,
        "gitlab": _lint_gitlab,
    },
    "rules": {"text": _rules_text, "json": _rules_json, "markdown": _rules_markdown},
    "rule": {"text": _rule_text, "json": lambda page, view: _rules_json([page], view), "markdown": _rule_markdown},
}
"""Formats by kind of report and name; the first of a kind is its default, the one for people."""


def emit_after(kind: str, report: Any, targets: Sequence[Target], settings: Settings, code: ExitCode) -> ExitCode:
    """Report work that is done, and return its exit code: that something is incomplete, where a report is lost."""
    lost: list[str] = []
    for target in targets:
        try:
            emit(kind, report, [target], settings)
        except UsageError as error:
            lost.append(error.message)
    return after_report(code, *lost)


def after_report(code: ExitCode, *lost: str) -> ExitCode:
    """The exit code of work that is done and was reported on stdout.

    Args:
        lost: why other reports could not be written.
    """
    sys.stdout.flush()
    failure = getattr(sys.stdout, "failure", None)
    reasons = [*lost, *([f"cannot write to stdout: {failure}"] if failure else [])]
    for reason in reasons:
        say(f"error: {reason}; what the command did is done, only its report is lost")
    # Not the code of a wrong command line: whoever reads that one would think that nothing was done.
    return worst(code, ExitCode.INCOMPLETE) if reasons else code


def emit(kind: str, report: Any, targets: Sequence[Target], settings: Settings) -> None:
    """Draw a report in each format asked for, and write it. Raises UsageError where a file cannot be written."""
    for target in targets:
        draw = REPORT_FORMATS[kind][target.format]
        if target.path is None:
            sys.stdout.write(draw(report, View(settings.paint(sys.stdout), settings.width(sys.stdout))))
            sys.stdout.flush()
        else:
            # Files are never coloured; whoever watches the command reads them as wide as the terminal is.
            text = draw(report, View(painter(color=False), settings.width(sys.stderr), in_file=True))
            # A page has whole prompts in it, and is made to be kept.
            write_file(target.path, text, private=target.format == "html")
