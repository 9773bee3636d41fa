"""New assistant files: YAML that people like to read and that our own loader reads back to the letter."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter, SafeRepresenter

from revox_sync.secret import Secret
from revox_sync.source.characters import control_problems
from revox_sync.source.difference import same
from revox_sync.source.load import Loader
from revox_sync.source.tags import ENV, FILE
from revox_sync.source.tree import MAX_BYTES, MemoryTree
from revox_sync.source.value import Value
from revox_sync.source.write import is_literal, is_plain, write_quoted, write_scalar

PROMPT: Final = "prompt"
PROMPT_FOLDER: Final = "prompts"
MOST_LINES: Final = 20
"""A prompt with more lines goes to a file of its own."""
_STRING: Final = "tag:yaml.org,2002:str"
_NO_FOLDING: Final = 2**31


class Fresh(NamedTuple):
    """The files of one new assistant.

    Attributes:
        texts: texts by path, those that others refer to first; empty when the whole cannot be read back.
        unwritable: top-level fields without a spelling in YAML, such as half a character; they are not in the texts.
    """

    texts: Mapping[str, str]
    unwritable: tuple[str, ...] = ()


def fresh_files(directory: str, address: str, fields: Mapping[str, Value]) -> Fresh:
    """The files that mean exactly these fields.

    Args:
        directory: folder of the assistants, from the project root.
        address: name of the YAML file without suffix; a long prompt gets one of the same name in `prompts`.
        fields: values by top-level field, in the order they are written in; secrets name their variables.
    """
    texts = _texts(directory, address, fields)
    if texts is not None:
        return Fresh(texts)
    unwritable = tuple(key for key, value in fields.items() if _texts(directory, address, {key: value}) is None)
    rest = {key: value for key, value in fields.items() if key not in unwritable}
    return Fresh(_texts(directory, address, rest) or {}, unwritable)


def _texts(directory: str, address: str, fields: Mapping[str, Value]) -> dict[str, str] | None:
    """Texts by path; None when no spelling is read back as the same fields."""
    path = posixpath.normpath(f"{directory}/{address}.yaml")
    files: dict[str, str] = {}
    written: dict[str, Any] = dict(fields)
    prompt = fields.get(PROMPT)
    if isinstance(prompt, str) and _is_long(prompt) and _is_exact_file(prompt):
        reference = f"{PROMPT_FOLDER}/{address}.md"
        files[posixpath.normpath(f"{directory}/{reference}")] = prompt
        written[PROMPT] = _Reference(reference)
    if _characters(written) > MAX_BYTES:
        return None
    for readable in (True, False):
        text = _dumped(written, readable=readable)
        if text is not None and _is_proven(path, {**files, path: text}, fields):
            return {**files, path: text}
    return None


def _characters(value: Any) -> int:
    """At least so many bytes the value takes: a file of more than MAX_BYTES is never read, and slow to write."""
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_characters, parts))


def _is_long(text: str) -> bool:
    return text.rstrip("\n").count("\n") >= MOST_LINES


def _is_exact_file(text: str) -> bool:
    """Whether a text file brings the text back as it is: `!file` reads CRLF as LF, and lint refuses hidden characters.

    U+0085 and its like are among those.
    """
    return "\r" not in text and not control_problems(text, "") and len(text.encode()) <= MAX_BYTES


def _is_proven(path: str, texts: Mapping[str, str], fields: Mapping[str, Value]) -> bool:
    document = Loader(MemoryTree(texts), variables={}, environ=None).load(path)
    return not document.problems and not document.ambiguous and same(document.value, dict(fields))


class _Reference(NamedTuple):
    """A text that another file holds; the path as the YAML file sees it."""

    path: str


def _dumped(fields: Mapping[str, Any], *, readable: bool) -> str | None:
    """YAML in block style; None for what has no spelling. Unless readable, texts of several lines are quoted."""
    yaml = YAML()
    yaml.Representer = _ReadableRepresenter if readable else _Representer
    yaml.Emitter = _Emitter
    yaml.width = _NO_FOLDING
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    try:
        yaml.dump(dict(fields), stream)
    except (YAMLError, ValueError):
        return None  # such as an integer of more digits than Python writes
    return stream.getvalue()


class _Representer(RoundTripRepresenter):
    """Chooses how each scalar is spelt: as `write` does when it edits a file."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - ruamel's signature
        return True

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar(_STRING, text, style=self.style_of(text))

    def style_of(self, text: str) -> str | None:
        return None if is_plain(text, flow=False) else '"'

    def represent_number(self, number: float) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:float", write_scalar(number, flow=False))

    def represent_secret(self, secret: Secret) -> ScalarNode:
        return self.represent_scalar(ENV, secret.variable)

    def represent_reference(self, reference: _Reference) -> ScalarNode:
        return self.represent_scalar(FILE, reference.path)


_Representer.add_representer(str, _Representer.represent_text)
_Representer.add_representer(float, _Representer.represent_number)
_Representer.add_representer(type(None), SafeRepresenter.represent_none)
_Representer.add_representer(Secret, _Representer.represent_secret)
_Representer.add_representer(_Reference, _Representer.represent_reference)


class _ReadableRepresenter(_Representer):
    """Writes texts of several lines as literal blocks."""

    def style_of(self, text: str) -> str | None:
        literal = "\n" in text and is_literal(text) and not text.endswith("\n\n")
        return "|" if literal else super().style_of(text)


class _Emitter(Emitter):
    """Writes quoted text on one line, with escapes for all that nobody can see, where ruamel has them for some."""

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - as ruamel
        self.write_indicator(write_quoted(text), need_whitespace=True)
