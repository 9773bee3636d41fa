"""Which assistants a file of the project matters to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import cached_property

from revox_sync.config import CONFIG_NAME
from revox_sync.source.files.tree import TreeError
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace


class Uses:
    """Finds the assistants that have to be looked at when a file has changed; they are loaded when that is needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._assistants = {file.path: file for file in workspace.files}
        # Which files a document reads does not depend on variables, so any environment will do.
        self._environment = next(iter(workspace.config.environments.values()))

    def of(self, path: str) -> list[AssistantFile]:
        """The assistants a file of the project stands for.

        An assistant stands for itself, the configuration and what it includes for all, any other file for the
        assistants that use it. Where none does, a YAML file outside the assistants directories stands for itself, for
        somebody may want to look at it; other files stand for nothing.
        """
        if path in self._assistants:
            return [self._assistants[path]]
        if path in self._configuration or self._is_unreadable(path):
            return list(self._workspace.files)
        if path in self._users or not path.endswith(SUFFIXES) or self._is_among_assistants(path):
            return self._users.get(path, [])
        return [self._workspace.file_at(path)]

    def is_alone(self, file: AssistantFile, path: str) -> bool:
        """Whether an assistant is the one user of a file, as far as anybody can tell.

        An assistant file that cannot be read counts as a user of every file whose name is in its text.
        """
        name = posixpath.basename(path)
        return self.of(path) == [file] and not any(name in text for text in self._unread)

    def readers(self, paths: Iterable[str]) -> set[AssistantFile]:
        """The assistants that any of these files is a part of."""
        return {user for path in paths for user in self._users.get(path, ())}

    @cached_property
    def _unread(self) -> tuple[str, ...]:
        """Texts of the assistant files that cannot be read."""
        documents = (self._workspace.load(file, self._environment) for file in self._workspace.files)
        return tuple(document.sources[document.path].text for document in documents if document.nodes.root is None)

    @cached_property
    def _configuration(self) -> frozenset[str]:
        return frozenset(self._workspace.loader(self._environment).load(CONFIG_NAME, shared=True).sources)

    @cached_property
    def _users(self) -> Mapping[str, list[AssistantFile]]:
        users: dict[str, list[AssistantFile]] = {}
        for file in self._workspace.files:
            for path in self._workspace.load(file, self._environment).sources:
                users.setdefault(path, []).append(file)
        return users

    def _is_unreadable(self, path: str) -> bool:
        """Whether nobody can have read it, so that whoever tries to use it is not known."""
        if path.endswith(SUFFIXES) and not self._is_among_assistants(path):
            return False
        try:
            self._workspace.tree.read(path)
        except TreeError:
            return True
        return False

    def _is_among_assistants(self, path: str) -> bool:
        """Whether it lies in an assistants directory; one that is no assistant is so because of its name."""
        folders = (posixpath.normpath(directory) for directory in self._workspace.config.directories)
        return any(folder == "." or path.startswith(folder + "/") for folder in folders)
