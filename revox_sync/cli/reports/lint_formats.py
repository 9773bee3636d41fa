"""The formats lint reports in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from revox_sync.cli.reports.emit import Renderer
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.text.style import Paint, no_style
from revox_sync.version import __version__

FORMATS: Final = ("full", "concise", "json", "sarif", "github", "gitlab")
"""What `report_renderers` has; the first is the one for people, and the default."""


def report_renderers(report: LintReport, root: str) -> Mapping[str, Renderer]:
    """Renderers by name of the format; a format's module is imported when it is used.

    Paths are relative to the project root; in the formats of code hosts, to the top of the repository.
    """

    def full(paint: Paint, width: int) -> str:
        from revox_sync.cli.terminal.streams import link_maker
        from revox_sync.output.lint import text as lint_text
        from revox_sync.output.text.style import unlinked

        # Links go where colours go: not into files.
        link = unlinked if paint is no_style else link_maker(root, sys.stdout, os.environ)
        return lint_text.full(report, paint, width, link)

    def concise(paint: Paint, _: int) -> str:
        from revox_sync.output.lint import text as lint_text

        return lint_text.concise(report, paint)

    def as_json(_: Paint, __: int) -> str:
        from revox_sync.output.lint import json as lint_json

        return lint_json.render(report)

    def sarif(_: Paint, __: int) -> str:
        from revox_sync.cli.reports.repository_paths import seen_from_repository
        from revox_sync.cli.reports.rule_pages import brief_pages
        from revox_sync.output.lint import sarif as lint_sarif

        return lint_sarif.render(seen_from_repository(report, root), brief_pages(), __version__)

    def github(_: Paint, __: int) -> str:
        from revox_sync.cli.reports.repository_paths import seen_from_repository
        from revox_sync.output.lint import github as lint_github

        return lint_github.render(seen_from_repository(report, root))

    def gitlab(_: Paint, __: int) -> str:
        from revox_sync.cli.reports.repository_paths import seen_from_repository
        from revox_sync.output.lint import gitlab as lint_gitlab

        return lint_gitlab.render(seen_from_repository(report, root))

    return {"full": full, "concise": concise, "json": as_json, "sarif": sarif, "github": github, "gitlab": gitlab}
