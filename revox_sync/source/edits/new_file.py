"""New assistant files: YAML that people can read well, and that our own loader reads back exactly."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import MAX_BYTES, MemoryTree
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.emit_scalars import Layout, Tagged, UneditableError, folded, write_entries
from revox_sync.source.yaml.nodes import ENV, FILE
from revox_sync.values.invisible import has_invisible, invisible_runs, is_harmless, is_widthless
from revox_sync.values.outer_lines import as_written
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, parts, rebuilt

_PROMPT: Final = "prompt"
PROMPT_FOLDER: Final = "prompts"
MOST_LINES: Final = 20
"""A prompt with more lines is written to a file of its own."""
WIDEST_LINE: Final = 78
"""Characters of a line of a prompt beside its indentation; one with longer lines is written to a file of its own."""
_LAYOUT: Final = Layout(line_length=80)
"""Linters of YAML (yamllint, prettier) take 80 columns for granted."""


class NewFileTexts(NamedTuple):
    """The files of one new assistant.

    Attributes:
        texts: by path, those that others refer to first; empty where what is left cannot be read back either.
        unwritable: top-level fields that YAML cannot hold, such as half a character; they are not in the texts.
    """

    texts: Mapping[str, str]
    unwritable: tuple[str, ...] = ()


def new_file_texts(directory: str, address: str, fields: Mapping[str, Value]) -> NewFileTexts:
    """The files that mean exactly these fields, but for line ends and empty lines around texts (`as_written`).

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
    fields = rebuilt(dict(fields), _as_written)
    files: dict[str, str] = {}
    written: dict[str, Any] = rebuilt(fields, _tagged)
    prompt = fields.get(_PROMPT)
    if isinstance(prompt, str) and _wants_file(prompt):
        # Many editors and hooks end each file with a line break, which is no difference.
        text = prompt.rstrip("\n") + "\n"
        target = posixpath.normpath(f"{directory}/{PROMPT_FOLDER}/{address}.md")
        files[target] = text
        # References are relative to the file that holds them, and an address may have folders.
        written[_PROMPT] = Tagged(FILE, posixpath.relpath(target, posixpath.dirname(path) or "."))
        fields = {**fields, _PROMPT: text}
    # A file of more bytes is never read, and slow to write.
    if sum(len(part) for _, part, _ in parts(written) if isinstance(part, str)) > MAX_BYTES:
        return None
    # Blocks first; quoted strings where some reader disagrees about those.
    for layout in (_LAYOUT, _LAYOUT._replace(blocks=False)):
        body = _document(written, layout)
        if body is not None and _is_proven(path, {**files, path: body}, fields):
            return {**files, path: body}
    return None


def _as_written(part: Any, *_: object) -> Any:
    return as_written(part) if isinstance(part, str) else DESCEND


def _tagged(part: Any, *_: object) -> Any:
    return Tagged(ENV, str(part.variable)) if isinstance(part, Secret) else DESCEND


def _document(written: dict[str, Any], layout: Layout) -> str | None:
    """The text of a file; None for what cannot be written."""
    try:
        return (write_entries(written, 0, layout) if written else "{}") + "\n"
    except (UneditableError, ValueError):
        return None  # such as an integer of more than 4,300 digits, which Python refuses to write


def _wants_file(prompt: str) -> bool:
    """Whether a prompt is better kept in a file of its own, and `!file` reads it back as it is."""
    if not _is_exact_file(prompt):
        return False
    lines = prompt.split("\n")
    if len(lines) == 1 and is_widthless(prompt):
        return len(prompt) > WIDEST_LINE and folded(prompt, 0, WIDEST_LINE, _LAYOUT) is None
    # Editors remove blanks at the end of lines, and some readers of YAML end a line at U+0085 and its like.
    is_fragile = any(line.endswith((" ", "\t")) for line in lines) or not is_widthless(prompt)
    is_long = prompt.rstrip("\n").count("\n") >= MOST_LINES
    return is_fragile or is_long or max(map(len, lines)) > WIDEST_LINE


def _is_exact_file(text: str) -> bool:
    """Whether `!file` reads the text back as it is, and lint does not refuse it."""
    hidden = all(is_harmless(text[start:end]) for start, end in invisible_runs(text)) if has_invisible(text) else True
    # A mark at the start of a file is no part of its text.
    return hidden and text[:1] != "\ufeff" and len(text.encode("utf-8", "surrogatepass")) < MAX_BYTES


def _is_proven(path: str, texts: Mapping[str, str], fields: Mapping[str, Value]) -> bool:
    document = Loader(MemoryTree(texts), variables={}, environ=None).load(path)
    # Hidden characters that a text has are reported where it is read.
    new = [problem for problem in document.problems if problem.kind is not ProblemKind.CONTROL_CHARACTER]
    return not new and not document.ambiguous and equal_values(document.value, dict(fields))
