"""The projects that open texts belong to, each with its own configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from revox_sync.lint.model.finding import LintReport
from revox_sync.server.texts.documents import OpenDocument, OpenDocuments
from revox_sync.source.workspace import AssistantFile
from revox_sync.usecases.lint.live_lint import LiveProject, Look
from revox_sync.usecases.project.project_root import path_in_project, root_of
from revox_sync.usecases.project.settings import Settings

_KEPT_SECONDS: Final = 0.5
"""How long a look may answer several requests: editors ask for hover, links and symbols at once."""


class Project:
    """One project, and what was last published about it.

    Attributes:
        published: paths from the root of files that have diagnostics in the editor.
        reported: what the last check found, and how many edits there had been.
    """

    def __init__(self, root: str, settings: Settings, documents: OpenDocuments, clock: Callable[[], float]) -> None:
        self.root: Final = root
        self.published: frozenset[str] = frozenset()
        self.reported: tuple[int, LintReport] | None = None
        self._live = LiveProject(root, settings)
        self._documents = documents
        self._clock = clock
        self._look: tuple[int, float, Look] | None = None

    def open_documents(self, documents: Iterable[OpenDocument]) -> dict[str, OpenDocument]:
        """Those of the texts that lie in the project's folder, by path from its root."""
        inside = {path_in_project(self.root, document.path): document for document in documents}
        return {path: document for path, document in inside.items() if not os.path.isabs(path)}  # noqa: PTH117

    def look(self, *, fresh: bool = False) -> Look:
        """The project with the texts on the screen in place of files.

        Args:
            fresh: look at the disk again, even if that was done a moment ago.
        """
        known, now = self._look, self._clock()
        if known is not None and not fresh and known[0] == self._documents.edits and now - known[1] < _KEPT_SECONDS:
            return known[2]
        opened = self.open_documents(self._documents.by_path().values())
        look = self._live.look({path: document.text for path, document in opened.items()})
        self._look = (self._documents.edits, now, look)
        return look

    def report(self, files: Collection[AssistantFile]) -> LintReport:
        """What is wrong with files: what the last check found, where nothing was edited since."""
        if self.reported is not None and self.reported[0] == self._documents.edits:
            return self.reported[1]
        return self.look().report(files)

    def absolute(self, path: str) -> str:
        """The path of a file of the project in the file system."""
        return os.path.join(self.root, *path.split("/"))  # noqa: PTH118


class Projects:
    """Finds the project of a file.

    Args:
        settings: of the command line.
        clock: seconds that only grow.
    """

    def __init__(self, settings: Settings, documents: OpenDocuments, clock: Callable[[], float]) -> None:
        self.folders: list[str] = []
        self._settings = settings
        self._documents = documents
        self._clock = clock
        self._projects: dict[str, Project] = {}

    def of(self, path: str) -> Project:
        """The project of a file by its absolute path. One that a new configuration founds is found, too."""
        around = [folder for folder in self.folders if path.startswith(folder + os.sep)]
        # Of nested folders of the editor the innermost one; outside of all of them, the file's own.
        start = max(around, key=len, default=os.path.dirname(path))  # noqa: PTH120
        root = root_of(self._settings._replace(project=start), path)
        if root not in self._projects:
            self._projects[root] = Project(root, self._settings, self._documents, self._clock)
        return self._projects[root]

    def own(self, project: Project) -> frozenset[str]:
        """Paths of the open texts that belong to a project, and not to another one inside of it."""
        opened = project.open_documents(self._documents.by_path().values())
        return frozenset(path for path, document in opened.items() if self.of(document.path) is project)

    def all(self) -> Mapping[str, Project]:
        """Every project of which a text was opened, by root."""
        return self._projects
