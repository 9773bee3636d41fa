"""Proposals for what may be written, as the editor shows them."""

from __future__ import annotations

import json
import re
from typing import Final

from lsprotocol.types import CompletionItem, CompletionItemKind, MarkupContent, MarkupKind, TextEdit

from revox_sync.server.texts.open_text import OpenText

MOST: Final = 500
"""Proposals of one answer."""
# Numbers, booleans, and what else YAML would not read as the text that it looks like.
_NEEDS_QUOTES: Final = re.compile(r"[-+.\d~*&!|>'\"%@`#{}\[\],?:]|(?:null|true|false|yes|no|on|off)$", re.IGNORECASE)


class Offer:
    """Proposals that replace one stretch of the text."""

    def __init__(self, text: OpenText, start: int, end: int) -> None:
        self._range = text.positions.range(start, end)
        self.items: list[CompletionItem] = []

    def add(  # noqa: PLR0913 - what an editor shows
        self,
        label: str,
        *,
        insert: str | None = None,
        kind: CompletionItemKind = CompletionItemKind.Value,
        detail: str = "",
        page: str = "",
        first: bool = False,
    ) -> None:
        """One proposal; `first` ones stand above the others."""
        order = f"{'0' if first else '1'}{len(self.items):04}"
        self.items.append(
            CompletionItem(
                label,
                kind=kind,
                detail=detail or None,
                documentation=MarkupContent(MarkupKind.Markdown, page) if page else None,
                sort_text=order,
                filter_text=label,
                text_edit=TextEdit(self._range, label if insert is None else insert),
            )
        )


def written(value: object) -> str:
    """A scalar as YAML reads it back."""
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = not _NEEDS_QUOTES.match(value) and ": " not in value and " #" not in value
    return value if is_plain else json.dumps(value, ensure_ascii=False)
