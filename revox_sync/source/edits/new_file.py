"""New assistant files: YAML that people can read well, and that our own loader reads back exactly."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import MAX_BYTES, MemoryTree
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.emit_document import FileReference, dump_document
from revox_sync.values.invisible import has_invisible
from revox_sync.values.walk import parts

_PROMPT: Final = "prompt"
PROMPT_FOLDER: Final = "prompts"
MOST_LINES: Final = 20
"""A prompt with more lines is written to a file of its own."""


class NewFileTexts(NamedTuple):
    """The files of one new assistant.

    Attributes:
        texts: by path, those that others refer to first; empty where what is left cannot be read back either.
        unwritable: top-level fields that YAML cannot hold, such as half a character; they are not in the texts.
    """

    texts: Mapping[str, str]
    unwritable: tuple[str, ...] = ()


def new_file_texts(directory: str, address: str, fields: Mapping[str, Value]) -> NewFileTexts:
    """The files that mean exactly these fields.

    Args:
        directory: the assistants directory, from the project root.
        address: path of the YAML file without suffix; a long prompt gets a file of the same name in `prompts`.
        fields: values by top-level field, in the order in which they are written; secrets name their variables.
    """
    texts = _texts(directory, address, fields)
    if texts is not None:
        return NewFileTexts(texts)
    unwritable = tuple(key for key, value in fields.items() if _texts(directory, address, {key: value}) is None)
    rest = {key: value for key, value in fields.items() if key not in unwritable}
    return NewFileTexts(_texts(directory, address, rest) or {}, unwritable)


def _texts(directory: str, address: str, fields: Mapping[str, Value]) -> dict[str, str] | None:
    """Texts by path; None where no spelling is read back as the same fields."""
    path = posixpath.normpath(f"{directory}/{address}.yaml")
    files: dict[str, str] = {}
    written: dict[str, Any] = dict(fields)
    prompt = fields.get(_PROMPT)
    if isinstance(prompt, str) and _is_long(prompt) and _is_exact_file(prompt):
        reference = f"{PROMPT_FOLDER}/{address}.md"
        files[posixpath.normpath(f"{directory}/{reference}")] = prompt
        written[_PROMPT] = FileReference(reference)
    # A file of more bytes is never read, and slow to write.
    if sum(len(part) for _, part, _ in parts(written) if isinstance(part, str)) > MAX_BYTES:
        return None
    # Literal blocks and folded lines first; quoted strings where some reader disagrees about those.
    for readable in (True, False):
        text = dump_document(written, readable=readable)
        if text is not None and _is_proven(path, {**files, path: text}, fields):
            return {**files, path: text}
    return None


def _is_long(text: str) -> bool:
    return text.rstrip("\n").count("\n") >= MOST_LINES


def _is_exact_file(text: str) -> bool:
    """Whether `!file` reads the text back as it is."""
    # `!file` reads CRLF as LF; lint refuses hidden characters, among them U+0085 and others that end a line.
    return "\r" not in text and not has_invisible(text) and len(text.encode()) <= MAX_BYTES


def _is_proven(path: str, texts: Mapping[str, str], fields: Mapping[str, Value]) -> bool:
    document = Loader(MemoryTree(texts), variables={}, environ=None).load(path)
    return not document.problems and not document.ambiguous and equal_values(document.value, dict(fields))
