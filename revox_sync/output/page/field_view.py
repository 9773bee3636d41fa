"""Differences as a page shows them: on one line where both values fit, else line by line. No value is shortened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from revox_sync.contract.fields import assistant_node
from revox_sync.output.page.text_hunks import TextDiff, compare_lines, compare_texts
from revox_sync.output.text.visible import counted, look_alike, visible
from revox_sync.sync.model.plan import FieldChange

UNSET: Final = "(unset)"
_LONG_PROMPT: Final = 500
"""Characters from which a new prompt is shown by its head: more than one reads on the way to something else."""
_INDENT: Final = "  "


@dataclass(frozen=True)
class FieldView:
    """One difference.

    Attributes:
        path: the place, dotted.
        sign: `+` added, `-` removed, `~` changed.
        sensitive: it is a secret, of which nothing else is shown.
        before: None: unset.
        after: None: unset.
    """

    path: str
    sign: str
    sensitive: bool = False
    before: Any = None
    after: Any = None

    # Cached, and only worked out when a format draws them: of a large plan, most formats draw a part.

    @cached_property
    def is_text(self) -> bool:
        """Whether the value was and is text, as far as it is set."""
        return all(value is None or isinstance(value, str) for value in (self.before, self.after))

    @cached_property
    def inline(self) -> tuple[str, ...] | None:
        """Each value on one line, made `visible`; of what is new only the new one.

        None where an entry of a list, a key of a mapping or a line of a text needs a line of its own.
        """
        values = (self.after,) if self.sign == "+" else (self.before, self.after)
        if not all(map(_is_flat, values)):
            return None
        shown = tuple(map(_one_line, values))
        # Escapes tell apart what looks the same.
        return tuple(map(_escaped, values)) if look_alike(shown[0], shown[-1]) else shown

    @cached_property
    def lines(self) -> TextDiff:
        """The values line by line: of a text its lines, of a list or mapping a line per field."""
        if self.is_text:
            return compare_texts(self.before, self.after)
        return compare_lines(_outline(self.before), _outline(self.after))

    @property
    def edited(self) -> bool:
        """Whether there is something on both sides."""
        return self.before is not None and self.after is not None

    @property
    def size(self) -> str:
        """How much it was and is: of a text characters and words, of a list elements; empty for anything else."""
        values = [value for value in (self.before, self.after) if value is not None]
        if not values:
            return ""
        if self.is_text:
            characters, words = [len(text) for text in values], [len(text.split()) for text in values]
            return f"{_numbers(characters, 'character')}, {_numbers(words, 'word')}"
        return _numbers([*map(len, values)], "element") if all(isinstance(value, list) for value in values) else ""

    @property
    def is_long_prompt(self) -> bool:
        """Whether it is a long text that was written for a language model, and there was none before."""
        # Only instructions have a budget of characters; what is said to people has one of seconds.
        node = assistant_node().child(self.path)
        budget = node.budget if node is not None else None
        prompt = self.is_text and budget is not None and budget["unit"] == "characters"
        return prompt and self.before is None and len(self.after or "") > _LONG_PROMPT


def field_views(fields: Iterable[FieldChange]) -> tuple[FieldView, ...]:
    """The view of each difference."""
    return tuple(map(_view, fields))


def _view(field: FieldChange) -> FieldView:
    sign = "+" if field.added else "-" if field.removed else "~"
    if field.sensitive:
        return FieldView(field.path, sign, sensitive=True)
    return FieldView(field.path, sign, before=field.before, after=field.after)


def _is_flat(value: Any) -> bool:
    """Whether a value can be read on one line: a text without line break, another scalar, or a list of these."""
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, list):
        return all(_is_flat(entry) and not (entry and isinstance(entry, list | Mapping)) for entry in value)
    return not isinstance(value, Mapping) or not value


def _one_line(value: Any) -> str:
    return UNSET if value is None else visible(_as_json(value))


def _escaped(value: Any) -> str:
    return UNSET if value is None else json.dumps(value)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _outline(value: Any) -> list[str]:
    """A value with a line per field, as YAML would have it; no line where there is no value."""
    return [] if value is None else list(_lines(value))


def _lines(value: Any) -> Iterator[str]:
    if value and isinstance(value, Mapping):
        for key, child in value.items():
            yield from _below(f"{key}:", child)
    elif value and isinstance(value, list):
        for entry in value:
            # The first line of an entry stands behind the dash, the others below it.
            yield from (("- " if number == 0 else _INDENT) + line for number, line in enumerate(_lines(entry)))
    else:
        yield _as_json(value)


def _below(key: str, value: Any) -> Iterator[str]:
    """A key and its value: behind it where it takes one line, else below it."""
    if isinstance(value, str) and "\n" in value:
        yield f"{key} |"
        yield from (f"{_INDENT}{line}" for line in value.split("\n"))
    elif _is_flat(value):
        yield f"{key} {_as_json(value)}"
    else:
        yield key
        yield from (f"{_INDENT}{line}" for line in _lines(value))


def _numbers(numbers: list[int], word: str) -> str:
    *before, last = numbers
    return " → ".join([*(f"{number:,}" for number in before), counted(last, word)])
