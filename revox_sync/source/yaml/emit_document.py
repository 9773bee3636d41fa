"""Values to a whole YAML document, by ruamel.yaml."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter, SafeRepresenter

from revox_sync.source.yaml.emit_scalars import is_literal, is_plain, write_quoted, write_scalar
from revox_sync.source.yaml.nodes import CORE, ENV, FILE, STRING
from revox_sync.values.secret import Secret

_NO_FOLDING: Final = 2**31


class FileReference(NamedTuple):
    """A text that is in another file; the path is relative to the YAML file."""

    path: str


def dump_document(fields: Mapping[str, Any], *, readable: bool) -> str | None:
    """YAML in block style; None for what cannot be written. `readable` writes texts of several lines as blocks."""
    yaml = YAML()
    yaml.Representer = _ReadableRepresenter if readable else _Representer
    yaml.Emitter = _Emitter
    yaml.width = _NO_FOLDING
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    try:
        yaml.dump(dict(fields), stream)
    except (YAMLError, ValueError):
        return None  # such as an integer of more than 4,300 digits, which Python refuses to write
    return stream.getvalue()


class _Representer(RoundTripRepresenter):
    """Writes each scalar as `emit_scalars` does when it edits a file."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - ruamel's signature
        # A value that occurs twice is written twice: nobody expects an anchor in a new file.
        return True

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar(STRING, text, style=self.style_of(text))

    def style_of(self, text: str) -> str | None:
        return None if is_plain(text, flow=False) else '"'

    def represent_number(self, number: float) -> ScalarNode:
        return self.represent_scalar(CORE + "float", write_scalar(number, flow=False))

    def represent_secret(self, secret: Secret) -> ScalarNode:
        return self.represent_scalar(ENV, secret.variable)

    def represent_reference(self, reference: FileReference) -> ScalarNode:
        return self.represent_scalar(FILE, reference.path)


_Representer.add_representer(str, _Representer.represent_text)
_Representer.add_representer(float, _Representer.represent_number)
_Representer.add_representer(type(None), SafeRepresenter.represent_none)
_Representer.add_representer(Secret, _Representer.represent_secret)
_Representer.add_representer(FileReference, _Representer.represent_reference)


class _ReadableRepresenter(_Representer):
    """Writes texts of several lines as literal blocks."""

    def style_of(self, text: str) -> str | None:
        literal = "\n" in text and is_literal(text) and not text.endswith("\n\n")
        return "|" if literal else super().style_of(text)


class _Emitter(Emitter):
    """Writes quoted text on one line, with escapes for all invisible characters; ruamel escapes only some."""

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - as ruamel
        self.write_indicator(write_quoted(text), need_whitespace=True)
