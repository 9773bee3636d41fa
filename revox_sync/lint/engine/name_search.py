"""Which files of a project may hold an assistant with one of some names, without loading them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol
from unicodedata import normalize

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.source.files.tree import TreeError
from revox_sync.source.yaml.decode import decode_text
from revox_sync.values.loose_name import loose_name

if TYPE_CHECKING:
    from revox_sync.source.workspace import AssistantFile, Workspace

# What may be a tag, which brings in text of another file; neither the `!` that ends a sentence nor one before a quote.
_TAG: Final = re.compile(r"""!(?<![^\s\[{,:?-]!)[^\s"]""")
# Where a name may differ from the text of its file: folded lines, lost characters, doubled quotes.
_UNLIKE_TEXT: Final = re.compile(r"[\s\ufffd']+")
# So many names are looked for in the texts of files; for more of them it is faster to load the files.
_MOST_NAMES: Final = 100
_NAME_KEY: Final = re.compile(r"""^(?:\?[ \t]*)?(["']?)name\1[ \t]*(?::|$)""", re.MULTILINE)
# A name on one line without signs of YAML, behind which no line can go on with it.
_PLAIN_NAME: Final = re.compile(
    r"""^name:[ ]+(?:"([^"\\\r\n]*)"|'([^'\r\n]*)'|([^\s"'\\#:&*!|>%@`{}\[\],?-][^\\#:\r\n]*))"""
    r"""(?:[ ]+#[^\r\n]*)?[ ]*(?=(?:\r?\n[ ]*)*(?:\r?\n[^\s]|\Z))""",
    re.MULTILINE,
)


class KnownNames(Protocol):
    """Names that former runs met."""

    def names(self, path: str) -> Collection[str] | None:
        """Names of the assistant of a file, each `loose_name`; None where they are not known, or may have changed."""

    def without(self, names: Collection[str]) -> Collection[str]:
        """Paths of files that have none of the names and need not be asked about one by one."""

    def keep_names(self, path: str, names: Collection[str]) -> None:
        """Remember the names of a file that has been read."""


class NameSearch:
    """Which files may hold an assistant with one of some names.

    Without tags, escapes and defaults every word of a name is written in its file as it is. So most files only have to
    be searched for these words, and those whose names are known not even read.

    Args:
        names: as `loose_name`.
        known: what former runs met; None where nothing is remembered.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        names: Collection[str],
        known: KnownNames | None = None,
    ) -> None:
        self._tree = workspace.tree
        self._names = frozenset(names)
        self._known = known
        # The longest word first: it is the one that most files do not have.
        self._words = [sorted(_UNLIKE_TEXT.split(name), key=len, reverse=True) for name in names]
        many = len(names) > _MOST_NAMES
        self._everywhere = many or any(_names_by_default(workspace, environment) for environment in environments)

    def among(self, files: Iterable[AssistantFile]) -> list[AssistantFile]:
        """Those of the files whose assistants may have one of the names; a file that cannot be read has none."""
        if not self._names:
            return []
        without = self._known.without(self._names) if self._known is not None else frozenset[str]()
        return [file for file in files if file.path not in without and self._may_find(file)]

    def _may_find(self, file: AssistantFile) -> bool:
        known = self._known.names(file.path) if self._known is not None else None
        if known is not None:
            return not self._names.isdisjoint(known)
        return self._everywhere or self._is_in_text(file.path)

    def _is_in_text(self, path: str) -> bool:
        try:
            text, problems = decode_text(self._tree.read(path), path)
        except TreeError:
            return False
        name = None if problems else plain_name(text)
        if name is not None:
            names = {loose_name(name)}
            if self._known is not None:
                self._known.keep_names(path, names)
            return not self._names.isdisjoint(names)
        if problems or "\\" in text or _TAG.search(text):
            return True
        text = (text if text.isascii() else normalize("NFC", text)).casefold()  # as names are
        return any(all(word in text for word in words) for words in self._words)


def plain_name(text: str) -> str | None:
    """The name of an assistant whose file gives it in plain words; None where only a parser can tell.

    A file that is broken may have another name, or none.
    """
    # Tags, aliases and escapes elsewhere cannot change it: a key that is written is not merged in, nor written twice.
    if text.startswith("{") or "\n{" in text or len(_NAME_KEY.findall(text)) != 1:
        return None
    found = _PLAIN_NAME.search(text)
    name = found[found.lastindex or 0] if found else None
    return name if name and name.isprintable() else None


def _names_by_default(workspace: Workspace, environment: Environment) -> bool:
    """Whether the configuration has a default for names, which assistants without a name of their own then have."""
    configuration = workspace.loader(environment).load(CONFIG_NAME, shared=True).value
    defaults = configuration.get("defaults") if isinstance(configuration, dict) else None
    return isinstance(defaults, dict) and "name" in defaults
