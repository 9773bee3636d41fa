"""Assistants that may have the name of another one, found without reading all files as YAML."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.source.characters import decode
from revox_sync.source.tree import TreeError
from revox_sync.source.workspace import AssistantFile, Workspace

TAG: Final = re.compile(r"""!(?<![^\s\[{,:?-]!)[^\s"]""")
"""What may be a tag, which brings in what is not in the file: not the end of a sentence, and not that of a quote."""
CHANGED: Final = re.compile(r"[\s\ufffd']+")
"""What a value may have where its file has something else: folded lines, lost characters, doubled quotes."""

MOST_NAMES: Final = 100
"""How many names are looked for in texts; for more of them it is faster to load the files."""


class Namesakes:
    """Which files may hold an assistant with one of some names.

    Without tags, escapes and defaults every word of a name stands in its file as it is: most files have only to be
    searched for these words.

    Args:
        names: as served.
    """

    def __init__(self, workspace: Workspace, environments: Sequence[Environment], names: Collection[str]) -> None:
        self._tree = workspace.tree
        self._names = [sorted(CHANGED.split(each), key=len, reverse=True) for each in names]
        many = len(names) > MOST_NAMES
        self._everywhere = many or any(_names_by_default(workspace, each) for each in environments)

    def may_include(self, file: AssistantFile) -> bool:
        """Whether an assistant may have one of the names; a file that cannot be read has none."""
        if not self._names or self._everywhere:
            return bool(self._names)
        try:
            text, problems = decode(self._tree.read(file.path), file.path)
        except TreeError:
            return False
        if problems or "\\" in text or TAG.search(text):
            return True
        return any(all(word in text for word in words) for words in self._names)


def _names_by_default(workspace: Workspace, environment: Environment) -> bool:
    """Whether the configuration names assistants that do not say their name."""
    configuration = workspace.loader(environment).load(CONFIG_NAME, shared=True).value
    defaults = configuration.get("defaults") if isinstance(configuration, dict) else None
    return isinstance(defaults, dict) and "name" in defaults
