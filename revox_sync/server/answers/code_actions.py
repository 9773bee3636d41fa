"""What can be done at a place: fixes, suppressions, and moving values to where they belong."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from lsprotocol.types import CodeAction, CodeActionKind, WorkspaceEdit

from revox_sync.contract.fields import Node as Field
from revox_sync.errors import UsageError
from revox_sync.lint.fixes.fix_files import fix_files
from revox_sync.lint.model.finding import Finding
from revox_sync.lint.suppressions.add_ignores import suppressed_texts
from revox_sync.output.text.visible import visible
from revox_sync.server.answers.workspace_edit import Editing, edits_of_regions, edits_to
from revox_sync.server.findings.diagnostics import Diagnostics
from revox_sync.server.texts.node_at import NodeSpot, spot_at
from revox_sync.server.texts.open_text import OpenText
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import OverlayTree
from revox_sync.source.model.value import plain_json
from revox_sync.source.yaml.nodes import PLAIN, QUOTED, STRING, ScalarNode
from revox_sync.values.pointer import Pointer, dotted, value_at

FIX_ALL: Final = "source.fixAll.revox-sync"
KINDS: Final = (CodeActionKind.QuickFix, CodeActionKind.RefactorExtract, FIX_ALL)
REASON: Final = "say why it stays"
"""Stands where the reason of a suppression is to be written: a code action cannot ask for it."""
_MOST_SUPPRESSIONS: Final = 10
_LONG: Final = 60
"""Characters from which on a text of one line may want a file of its own."""
_TEXTS: Final = (PLAIN, QUOTED, STRING)


class CodeActions:
    """Proposes what can be done at a place of a text.

    Args:
        drawn: findings as diagnostics.
        editing: what the editor can do.
    """

    def __init__(self, text: OpenText, drawn: Diagnostics, editing: Editing) -> None:
        self._text = text
        self._drawn = drawn
        self._editing = editing

    def at(self, start: int, end: int, only: Sequence[str] | None) -> Iterator[CodeAction]:
        """Actions for the characters from `start` to `end`.

        Args:
            only: kinds that are wanted; None for all.
        """
        if self._text.workspace is None:
            return

        def wanted(kind: str) -> bool:
            return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)

        if wanted(CodeActionKind.QuickFix):
            found = list(self._text.findings_at(start, end))
            yield from self._fixes(found)
            yield from self._secrets(start)
            yield from self._suppressions(found[:_MOST_SUPPRESSIONS])
        if wanted(CodeActionKind.RefactorExtract):
            yield from self._extraction(start)
        if wanted(FIX_ALL):
            yield from self._fix_all()

    def _fixes(self, findings: Sequence[Finding]) -> Iterator[CodeAction]:
        for finding in findings:
            if finding.fix is not None:
                edit = self._editing.edit(self._text, edits_of_regions(self._text, finding.fix.edits))
                title = visible(finding.fix.title)
                yield CodeAction(
                    title if finding.fix.safe else f"{title} (unsafe)",
                    CodeActionKind.QuickFix,
                    diagnostics=[self._drawn.of(finding)],
                    is_preferred=finding.fix.safe or None,
                    edit=edit,
                )

    def _suppressions(self, findings: Sequence[Finding]) -> Iterator[CodeAction]:
        workspace = self._text.workspace
        for finding in findings if workspace else ():
            texts = suppressed_texts(workspace, [finding], REASON).texts if workspace else {}
            if texts:
                edit = self._editing.edit(self._text, edits_to(self._text, texts))
                diagnostics = [self._drawn.of(finding)]
                title = f"Suppress {finding.code} here, with a reason"
                yield CodeAction(title, CodeActionKind.QuickFix, diagnostics=diagnostics, edit=edit)

    def _fix_all(self) -> Iterator[CodeAction]:
        # Asked for with every move of the cursor: most texts have nothing to fix.
        fixable = any(finding.fix is not None and finding.fix.safe for finding in self._text.findings)
        edit = fix_all(self._text, self._editing) if fixable else None
        if edit is not None:
            yield CodeAction("Apply all safe fixes of revox-sync", FIX_ALL, edit=edit)

    def _extraction(self, offset: int) -> Iterator[CodeAction]:
        """Move a text into a file of its own, which `!file` brings in."""
        found = self._text_at(offset)
        if found is None or not self._editing.creates_files:
            return
        document, spot, node = found
        field = self._field(document, spot.pointer)
        if field is None or "string" not in field.types or field.schema.get("enum") or field.schema.get("pattern"):
            return
        if field.secret or field.url or ("\n" not in node.value and len(node.value) < _LONG):
            return
        path = self._new_path(spot.pointer)
        reference = posixpath.relpath(path, posixpath.dirname(self._text.path) or ".")
        edit = self._replaced(document, spot, f"!file {reference}", {path: node.value})
        if edit is not None:
            title = f"Move `{visible(dotted(spot.pointer))}` to {visible(reference)}"
            yield CodeAction(title, CodeActionKind.RefactorExtract, edit=edit)

    def _secrets(self, offset: int) -> Iterator[CodeAction]:
        """Take a secret out of the file."""
        found = self._text_at(offset)
        if found is None:
            return
        document, spot, _ = found
        field = self._field(document, spot.pointer)
        reported = any(finding.name == "secret-in-plain-text" for finding in self._text.findings_at(offset, offset))
        if not reported and not (field is not None and field.secret):
            return
        name = _variable_name(plain_json(document.value), spot.pointer, self._text)
        place = spot.place
        edits = edits_to(
            self._text, {place.path: f"{self._text.text[: place.start]}!env {name}{self._text.text[place.end :]}"}
        )
        yield CodeAction(
            f"Take it from the environment variable {name} (`!env`)",
            CodeActionKind.QuickFix,
            edit=self._editing.edit(self._text, edits),
        )

    def _text_at(self, offset: int) -> tuple[Document, NodeSpot, ScalarNode] | None:
        """The text that is written at an offset, at the place itself or behind its key; None for anything else."""
        document = self._text.loaded
        spot = spot_at(document, offset) if document else None
        if document is None or spot is None or spot.is_alias:
            return None
        if spot.is_key:
            # At the key, the value is meant.
            behind = self._text.source.text.find(":", spot.place.end)
            location = document.locate(spot.pointer)
            inside = spot_at(document, location.place.start) if behind >= 0 else None
            spot = inside if inside is not None and not inside.is_key and inside.pointer == spot.pointer else spot
        is_text = isinstance(spot.node, ScalarNode) and spot.node.tag in _TEXTS and not spot.is_key
        return (document, spot, spot.node) if is_text and isinstance(spot.node, ScalarNode) else None

    def _field(self, document: Document, pointer: Pointer) -> Field | None:
        return self._text.field(pointer, plain_json(document.value))

    def _replaced(self, document: Document, spot: NodeSpot, tagged: str, new: dict[str, str]) -> WorkspaceEdit | None:
        """The edit that puts a tagged value in place of a text, if the document means the same with it."""
        text, place = self._text.text, spot.place
        changed = text[: place.start] + tagged + text[place.end :]
        loader = Loader(OverlayTree(self._text.look.tree, {**new, place.path: changed}), variables=None, environ=None)
        before = Loader(self._text.look.tree, variables=None, environ=None).load(place.path)
        after = loader.load(place.path)
        if not equal_values(before.value, after.value) or len(after.problems) > len(document.problems):
            return None
        return self._editing.edit(self._text, edits_to(self._text, {place.path: changed}), new)

    def _new_path(self, pointer: Pointer) -> str:
        """A path for a new text beside the assistant that is free."""
        folder, name = posixpath.split(posixpath.splitext(self._text.path)[0])
        field = "" if pointer == ("prompt",) else "-" + "-".join(re.sub(r"\W+", "-", str(each)) for each in pointer)
        number = 1
        while True:
            path = posixpath.join(folder, "prompts", f"{name}{field}{f'-{number}' if number > 1 else ''}.md")
            if not self._text.look.tree.exists(path):
                return path
            number += 1


def fix_all(text: OpenText, editing: Editing) -> WorkspaceEdit | None:
    """All safe fixes of a text and of what it belongs to, in as many rounds as change something; None without any."""
    if text.workspace is None or not text.users:
        return None
    try:
        fixed = fix_files(text.workspace, text.users, text.look.environments, text.look.options, unsafe=False)
    except UsageError:
        return None
    own = {path: content for path, content in fixed.texts.items() if path == text.path}
    edits = edits_to(text, own)
    return editing.edit(text, edits) if edits else None


def _variable_name(value: Any, pointer: Pointer, text: OpenText) -> str:
    """A name for the environment variable of a secret: from keys and names on the way to it, never from the secret."""
    words: list[str] = []
    for index, step in enumerate(pointer):
        above = text.field(pointer[:index], value)
        if isinstance(step, str):
            words.append(step)
        elif above is not None and above.key is not None:
            entry = value_at(value, pointer[: index + 1])
            named = entry.get(above.key) if isinstance(entry, dict) and above.key != pointer[-1] else None
            words[-1:] = [str(named)] if named else words[-1:]
    words = words[:-1] if words[-1:] == ["value"] and len(words) > 1 else words
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")
    return name if name and not name[0].isdigit() else f"SECRET_{name}".strip("_")
