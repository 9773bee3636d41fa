"""Reads `# revox: ignore[RVX207] reason` from comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from revox_sync.lint.model.suppression import Suppression
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.yaml.comments import Comment, comments

IGNORE: Final = re.compile(r"(?P<kind>ignore-file|ignore)\b(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>.*)")
WORD: Final = re.compile(r"[^,\s]+")


CodesOf: TypeAlias = Callable[[str], frozenset[str]]
"""The codes that a code, prefix or name stands for; none for a word that no rule is called."""


def read_suppressions(sources: Iterable[SourceText], codes_of: CodesOf) -> list[Suppression]:
    """Every suppression in YAML files, in order."""
    return [
        suppression for source in sources for comment in comments(source) for suppression in _parse(comment, codes_of)
    ]


def _parse(comment: Comment, codes_of: CodesOf) -> Iterator[Suppression]:
    match = IGNORE.fullmatch(comment.text)
    if match is None:
        yield Suppression(comment.text, codes_of(comment.text), comment.place, "", comment, whole_file=False)
        return
    reason, whole_file = match["reason"], match["kind"] == "ignore-file" and comment.at_top
    words = list(WORD.finditer(match["codes"] or ""))
    if not words or (match["kind"] == "ignore-file" and not whole_file):
        yield Suppression("", frozenset(), comment.place, reason, comment, whole_file=whole_file)
    for word in words if whole_file or match["kind"] == "ignore" else ():
        start = comment.text_start + match.start("codes") + word.start()
        place = Place(comment.place.path, start, start + len(word[0]))
        yield Suppression(word[0], codes_of(word[0]), place, reason, comment, whole_file=whole_file)
