"""Writes suppressions for findings that are there, so that an old project can start with the linter today."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from revox_sync.errors import UsageError
from revox_sync.lint.model.finding import INCLUDED, Finding
from revox_sync.lint.model.rule import CommentRule
from revox_sync.lint.registry import find_rule
from revox_sync.lint.suppressions.apply_suppressions import IGNORE
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.edit import Edit, apply_edits
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import OverlayTree, TreeError
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.workspace import SUFFIXES, Workspace
from revox_sync.source.yaml.comments import Comment, comments
from revox_sync.source.yaml.decode import source_of
from revox_sync.source.yaml.nodes import ScalarNode, span, walk_nodes
from revox_sync.source.yaml.parse import compose
from revox_sync.source.yaml.scalar_offsets import BREAK
from revox_sync.values.invisible import has_invisible

_NO_CONTENT: Final = re.compile(r"\s*(#.*)?")


class _Target(NamedTuple):
    """A YAML file, and what gives the line above which a comment is about a given line."""

    source: SourceText
    line_for: Callable[[int], int | None]


class Suppressed(NamedTuple):
    """New texts by path, and the findings that no comment can suppress, each with the reason."""

    texts: dict[str, str]
    left: list[tuple[Finding, str]]


def suppressed_texts(workspace: Workspace, findings: Iterable[Finding], reason: str) -> Suppressed:
    """The project's files with a comment above each line that has findings. Nothing is written.

    Args:
        workspace: the project as it was checked.
        findings: what the comments suppress.
        reason: is written into every new comment.

    Raises:
        UsageError: the reason is empty, or has characters that would leave its line or be invisible.
    """
    _require_reason(reason)

    @cache
    def target(path: str) -> _Target | None:
        return _target(workspace, path)

    wanted: dict[str, dict[int, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    left = []
    for finding in findings:
        if issubclass(find_rule(finding.code), CommentRule):
            left.append((finding, "it is about a comment"))
            continue
        lines = _lines(finding, target)
        if not lines:
            left.append((finding, _why_no_line(workspace, finding)))
        for path, line in lines:
            wanted[path][line].append(finding)
    texts = {}
    for path, found_at in wanted.items():
        found = target(path)
        codes = {line: {finding.code for finding in here} for line, here in found_at.items()}
        text = apply_edits(found.source.text, _edits(found.source, codes, reason.strip())) if found else ""
        text = "\ufeff" + text if found and found.source.has_mark else text
        if found and _means_the_same(workspace, path, text):
            texts[path] = text
        else:
            why = "a comment there would become part of a value"
            left += [(finding, why) for here in found_at.values() for finding in here]
    return Suppressed(texts, left)


def _is_whole_file(finding: Finding) -> bool:
    """Whether a finding is about no line: a comment above the first one would move away from it."""
    return finding.region[1:] == (1, 1, 1, 1)


def _why_no_line(workspace: Workspace, finding: Finding) -> str:
    path = finding.region.path
    if not path.endswith(SUFFIXES):
        return "the file takes no comments"
    try:
        source, problems = source_of(workspace.tree.read(path), path)
    except TreeError:
        return "the file cannot be read"
    if len(problems) > source.has_mark:
        return "the file is not UTF-8"
    if _is_whole_file(finding):
        return "it is about the whole file"
    if compose(source.text, path).root is None:
        return "nothing of the file can be read"
    return "no comment can stand there"


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("a suppression needs a reason", hint='such as --add-ignore "known before the linter was"')
    if has_invisible(reason) or BREAK.search(reason) or "\t" in reason:
        raise UsageError("the reason holds a line break or an invisible character", hint="write it on one line")


def _target(workspace: Workspace, path: str) -> _Target | None:
    """The file at a path; None where it takes no comments, or where its bytes would change when it is written."""
    if not path.endswith(SUFFIXES):
        return None
    try:
        source, problems = source_of(workspace.tree.read(path), path)
    except TreeError:
        return None
    return None if len(problems) > source.has_mark else _Target(source, comment_lines(source))


def comment_lines(source: SourceText) -> Callable[[int], int | None]:
    """A function that gives the line above which a comment is about a given line, both from 1.

    That is the line itself; for a line in which a text goes on, the one on which it begins. None where the line holds
    nothing but a comment, and where the file cannot be read.
    """
    root = compose(source.text, source.path).root
    opened: dict[int, int] = {}
    for node in walk_nodes(root):
        if isinstance(node, ScalarNode):
            place = span(node, source.text, source.path)
            first, last = source.position(place.start)[0], source.position(place.end)[0]
            opened.update(dict.fromkeys(range(first + 1, last + 1), first))

    def line_for(line: int) -> int | None:
        # A text may begin on the line on which another one ends.
        while line in opened:
            line = opened[line]
        return None if root is None or _NO_CONTENT.fullmatch(source.line(line)) else line

    return line_for


def _lines(finding: Finding, target: Callable[[str], _Target | None]) -> list[tuple[str, int]]:
    """Paths and lines for comments about a finding: its own line, else those of the tags that include its file."""
    if _is_whole_file(finding):
        return []
    tags = [entry.region for entry in finding.related if entry.message == INCLUDED]
    for regions in ([finding.region], tags):
        targets = [(region, target(region.path)) for region in regions]
        lines = [(region.path, found.line_for(region.line)) for region, found in targets if found]
        if any(line is not None for _, line in lines):
            return [(path, line) for path, line in lines if line is not None]
    return []


def _edits(source: SourceText, lines: Mapping[int, set[str]], reason: str) -> Iterator[Edit]:
    """A new comment per line, or more codes in the comment that is there already."""
    present = {comment.first_line: comment for comment in comments(source) if _takes_codes(comment)}
    for line, codes in lines.items():
        listed = ", ".join(sorted(codes))
        if line in present:
            yield _extended(present[line], listed)
            continue
        start, content = source.offset(line, 1), source.line(line)
        indent = content[: len(content) - len(content.lstrip())]
        found = BREAK.search(source.text, start) or BREAK.search(source.text)
        line_break = found.group() if found else "\n"
        yield Edit(Place(source.path, start, start), f"{indent}# revox: ignore[{listed}] {reason}{line_break}")


def _takes_codes(comment: Comment) -> bool:
    match = IGNORE.fullmatch(comment.text)
    return match is not None and match["kind"] == "ignore" and bool(match["codes"])


def _extended(comment: Comment, codes: str) -> Edit:
    end = comment.text_start + comment.text.index("]")
    return Edit(Place(comment.place.path, end, end), f", {codes}")


def _means_the_same(workspace: Workspace, path: str, text: str) -> bool:
    """Whether a file has the same value and problems with the new text: a comment could have become part of a value."""
    loaders = (
        Loader(tree, variables=None, environ=None)
        for tree in (workspace.tree, OverlayTree(workspace.tree, {path: text}))
    )
    before, after = (loader.load(path) for loader in loaders)
    causes = [[(problem.kind, problem.message) for problem in document.problems] for document in (before, after)]
    return equal_values(before.value, after.value) and causes[0] == causes[1]
