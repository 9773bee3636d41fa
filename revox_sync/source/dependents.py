"""Which assistants depend on a file of the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import cached_property

from revox_sync.config import CONFIG_NAME
from revox_sync.source.files.tree import TreeError
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace


class Dependents:
    """Finds the assistants that have to be checked when a file has changed. Assistants are loaded when it is needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._assistants = {file.path: file for file in workspace.files}
        # Paths in tags cannot contain variables: in every environment a document reads the same files.
        self._environment = next(iter(workspace.config.environments.values()))

    def of(self, path: str) -> list[AssistantFile]:
        """The assistants that depend on a file of the project.

        For an assistant file that is the assistant itself. The configuration and files that it includes affect every
        assistant; any other file those that include it. A YAML file outside the assistants directories that none of
        them includes is returned as an assistant of its own, because somebody may want to check it.
        """
        if path in self._assistants:
            return [self._assistants[path]]
        if path in self._configuration or self._is_unreadable(path):
            return list(self._workspace.files)
        if path in self._users or not path.endswith(SUFFIXES) or self._is_among_assistants(path):
            return self._users.get(path, [])
        return [self._workspace.file_at(path)]

    def is_alone(self, file: AssistantFile, path: str) -> bool:
        """Whether an assistant is the only user of a file, as far as anybody can tell."""
        # An assistant file that cannot be parsed may use every file whose name is in its text.
        name = posixpath.basename(path)
        return self.of(path) == [file] and not any(name in text for text in self._unread)

    def readers(self, paths: Iterable[str]) -> set[AssistantFile]:
        """The assistants that include any of these files, or are one of them."""
        return {user for path in paths for user in self._users.get(path, ())}

    @cached_property
    def _unread(self) -> tuple[str, ...]:
        """Texts of the assistant files that cannot be parsed."""
        documents = (self._workspace.load(file, self._environment) for file in self._workspace.files)
        return tuple(document.sources[document.path].text for document in documents if document.nodes.root is None)

    @cached_property
    def _configuration(self) -> frozenset[str]:
        return frozenset(self._workspace.loader(self._environment).load(CONFIG_NAME, shared=True).sources)

    @cached_property
    def _users(self) -> Mapping[str, list[AssistantFile]]:
        users: dict[str, list[AssistantFile]] = {}
        for file in self._workspace.files:
            for path in self._workspace.files_read(file, self._environment):
                users.setdefault(path, []).append(file)
        return users

    def _is_unreadable(self, path: str) -> bool:
        """Whether the file cannot be read, so that it is not known who includes it."""
        if path.endswith(SUFFIXES) and not self._is_among_assistants(path):
            return False
        try:
            self._workspace.tree.read(path)
        except TreeError:
            return True
        return False

    def _is_among_assistants(self, path: str) -> bool:
        """Whether the file is in an assistants directory. Only its name can then keep it from being an assistant."""
        folders = (posixpath.normpath(directory) for directory in self._workspace.config.directories)
        return any(folder == "." or path.startswith(folder + "/") for folder in folders)
