"""Checks projects while somebody types, and tells the editor what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol

from lsprotocol.types import Diagnostic

from revox_sync.server.findings.diagnostics import Diagnostics
from revox_sync.server.findings.rule_links import RuleLinks
from revox_sync.server.texts.documents import OpenDocument, OpenDocuments, file_uri
from revox_sync.server.texts.positions import Positions
from revox_sync.server.texts.projects import Project, Projects
from revox_sync.source.files.tree import TreeError
from revox_sync.source.model.place import SourceText
from revox_sync.usecases.lint.live_lint import Look

DEBOUNCE: Final = 0.15
"""Seconds after an edit until the text is checked: people who type fast are not interrupted."""
_FEW: Final = 3
"""Files that are checked in one go; between more, messages of the editor are answered."""


class Editor(Protocol):
    """Who is told."""

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[Diagnostic]) -> None:
        """Show all that is wrong with a text, by its URI, and its version where it is open."""

    def tell_bug(self, error: Exception) -> None:
        """Tell of an error that nobody expects."""


class Publisher:
    """Keeps the editor's diagnostics up to date.

    Args:
        editor: is told.
        sleep: lets seconds pass.

    Attributes:
        debounce: seconds after an edit until the text is checked.
    """

    def __init__(
        self,
        projects: Projects,
        documents: OpenDocuments,
        links: RuleLinks,
        editor: Editor,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._projects = projects
        self._documents = documents
        self._links = links
        self._editor = editor
        self._sleep = sleep
        self._running: dict[str, asyncio.Task[None]] = {}
        self.debounce = DEBOUNCE

    def changed(self, projects: Iterable[Project], *, at_once: bool = False) -> None:
        """Check projects again. What is being checked for an older text is given up."""
        for project in projects:
            former = self._running.get(project.root)
            if former is not None:
                former.cancel()
            wait = 0.0 if at_once else self.debounce
            self._running[project.root] = asyncio.ensure_future(self._check(project, wait))

    async def _check(self, project: Project, wait: float) -> None:
        await self._sleep(wait)
        try:
            await self._check_now(project)
        except Exception as error:  # noqa: BLE001 - an editor must live on, and nobody may see parts of files
            self._editor.tell_bug(error)

    async def _check_now(self, project: Project) -> None:
        look = project.look(fresh=True)
        opened = project.open_documents(self._documents.by_path().values())
        own = self._projects.own(project)
        files = look.users(own)
        if len(files) > _FEW:
            for _ in look.check(files):
                await self._sleep(0)
        report = look.report(files)
        project.reported = (self._documents.edits, report)
        drawn = Diagnostics(self._positions_of(look, opened), self._uri_of(project, opened), self._links.address)
        found = drawn.by_path(report.findings, look.faults)
        # What is shown in a text of another project that lies inside, that one decides.
        shown = {path: those for path, those in found.items() if path in own or path not in opened}
        self._send(project, opened, shown, own)
        while self._links.write_one():
            await self._sleep(0)

    def _send(
        self,
        project: Project,
        opened: Mapping[str, OpenDocument],
        found: Mapping[str, Sequence[Diagnostic]],
        own: Collection[str],
    ) -> None:
        """Send what was found; files that had diagnostics and have none any more are cleared."""
        uri = self._uri_of(project, opened)
        for path in sorted({*found, *own, *project.published}):
            document = opened.get(path)
            self._editor.publish(uri(path), document.version if document else None, found.get(path, ()))
        project.published = frozenset(found)

    def _uri_of(self, project: Project, opened: Mapping[str, OpenDocument]) -> Callable[[str], str]:
        def uri(path: str) -> str:
            document = opened.get(path)
            return document.uri if document else file_uri(project.absolute(path))

        return uri

    def _positions_of(self, look: Look, opened: Collection[str]) -> Callable[[str], Positions]:
        known: dict[str, Positions] = {}

        def positions(path: str) -> Positions:
            if path not in known:
                source = source_at(look, path)
                marked = source.has_mark and path in opened  # of a file that it opens later, the editor takes it off
                known[path] = Positions(source, self._documents.encoding, marked=marked)
            return known[path]

        return positions


def source_at(look: Look, path: str) -> SourceText:
    """The text of a file of the project as findings count in it; empty where it cannot be read."""
    try:
        return look.source(path)
    except TreeError:
        return SourceText(path, "")
