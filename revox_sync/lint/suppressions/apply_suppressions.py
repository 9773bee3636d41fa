"""Reads `# revox: ignore[RVX207] reason`, takes suppressed findings out of a report, and checks these comments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from revox_sync.errors import UsageError
from revox_sync.lint.model.file_result import UnreadLines
from revox_sync.lint.model.finding import Excerpt, Finding, LintReport, Region, SuppressedFinding
from revox_sync.lint.model.rule import CommentRule
from revox_sync.lint.model.suppression import Suppression
from revox_sync.lint.registry import Selection, codes_of
from revox_sync.source.model.place import COMMENT_MARKER, Place, SourceText
from revox_sync.source.workspace import AssistantFile
from revox_sync.source.yaml.comments import Comment, comments

IGNORE: Final = re.compile(r"(?P<kind>ignore-file|ignore)\b(?!-)(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>.*)")
# One comment may suppress several things, each with its reason: `ignore[RVX207] why, ignore[RVX209] why`.
_NEXT: Final = re.compile(rf"(?:[\s,;]+(?:#[ \t]*{COMMENT_MARKER}[ \t]*)?|(?<=\]))(?=ignore(?:-file)?\[)")


def apply_suppressions(
    findings: Sequence[Finding],
    sources: Mapping[str, SourceText],
    files: Sequence[AssistantFile],
    selection: Selection,
    unread: Sequence[UnreadLines] = (),
) -> LintReport:
    """The report of the findings that no comment suppresses, and of what is wrong with the comments.

    Args:
        sources: texts with comments addressed to us, by path.
        files: what is linted.
        selection: which rules run, those about comments included.
        unread: what no rule could read, in some environment.
    """
    suppressions = [
        suppression for source in sources.values() for comment in comments(source) for suppression in _parse(comment)
    ]
    index, used = _Index(suppressions), set[Suppression]()
    kept: list[Finding] = []
    suppressed: list[SuppressedFinding] = []
    for finding in findings:
        matching = [suppression for suppression in index.near(finding) if suppression.covers(finding)]
        used.update(matching)
        if matching:
            suppressed.append(SuppressedFinding(finding, matching[0].reason))
        else:
            kept.append(finding)
    # Comments of shared files are not judged: what they suppress may show in an assistant that is not linted now.
    ignored = {file.path: selection.ignored(file.address) for file in files}
    active, stopped = selection.codes, {finding.code for finding in findings if finding.stopped}
    judged = [
        suppression._replace(
            used=suppression in used,
            judged=suppression.codes <= active - ignored[suppression.place.path]
            and suppression.codes.isdisjoint(stopped)
            and not any(_overlap(suppression, lines) for lines in unread),
        )
        for suppression in suppressions
        if suppression.place.path in ignored
    ]
    for rule in selection.running(CommentRule):
        of_rule = [suppression for suppression in judged if rule.code not in ignored[suppression.place.path]]
        kept += _about_comments(rule, of_rule, selection, sources)
    return LintReport(tuple(sorted(kept, key=Finding.order)), len(files), tuple(suppressed))


class _Index:
    """Suppressions by the lines that they speak about: a file may have thousands of them, and of findings."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._everywhere: defaultdict[str, list[Suppression]] = defaultdict(list)
        self._on_line: defaultdict[tuple[str, int], dict[tuple[int, int], list[Suppression]]] = defaultdict(dict)
        spans: dict[tuple[str, int, int], list[Suppression]] = {}
        for suppression in suppressions:
            path, comment = suppression.place.path, suppression.comment
            if suppression.whole_file:
                self._everywhere[path].append(suppression)
            else:
                spans.setdefault((path, comment.first_line, comment.last_line), []).append(suppression)
        # Of comments above each other all speak about the same lines.
        for (path, first, last), those in spans.items():
            for line in range(first, last + 1):
                self._on_line[path, line][first, last] = those

    def near(self, finding: Finding) -> Iterator[Suppression]:
        """Those that speak about a line of the finding, or about one of its files."""
        for path, line in dict.fromkeys(finding.spots):
            yield from self._everywhere.get(path, ())
            for those in self._on_line.get((path, line), {}).values():
                yield from those


def _about_comments(
    rule: CommentRule, suppressions: Sequence[Suppression], selection: Selection, sources: Mapping[str, SourceText]
) -> Iterator[Finding]:
    severity = selection.severity.get(rule.code, rule.severity)
    for hit in rule.check(suppressions):
        region = Region.of(hit.location.place, sources)
        line = Excerpt.around(sources[region.path].line(region.line), region.column)
        found = Finding(rule.code, rule.name, severity, hit.message, hit.label, region, line.text)
        yield found._replace(excerpt_start=line.start)


def _overlap(suppression: Suppression, unread: UnreadLines) -> bool:
    comment = suppression.comment
    first, last = (1, unread.last) if suppression.whole_file else (comment.first_line, comment.last_line)
    return unread.path == suppression.place.path and first <= unread.last and unread.first <= last


def _parse(comment: Comment) -> Iterator[Suppression]:
    """One suppression per code; one without a rule for a comment that is no suppression or not a working one."""
    if not comment.is_exact:
        yield Suppression(comment, comment.place)
        return
    starts = [0, *(found.end() for found in _NEXT.finditer(comment.text, 1))]
    ends = [*(found.start() for found in _NEXT.finditer(comment.text, 1)), len(comment.text)]
    for start, end in zip(starts, ends, strict=True):
        part = comment._replace(text=comment.text[start:end], text_start=comment.text_start + start)
        yield from _parse_one(part)


def _parse_one(comment: Comment) -> Iterator[Suppression]:
    match = IGNORE.fullmatch(comment.text)
    if match is None:
        yield Suppression(comment, comment.place, word=comment.text, codes=_known_codes(comment.text))
        return
    whole_file = match["kind"] == "ignore-file"
    # Below the first key a reader would not expect a comment to be about what is above it.
    works = not whole_file or comment.at_top
    words = list(re.finditer(r"[^,\s]+", match["codes"] or "")) if works else []
    if not words:
        yield Suppression(comment, comment.place, match["reason"])
    for word in words:
        start = comment.text_start + match.start("codes") + word.start()
        place = Place(comment.place.path, start, start + len(word[0]))
        yield Suppression(comment, place, match["reason"], word[0], _known_codes(word[0]), whole_file)


def _known_codes(word: str) -> frozenset[str]:
    """The codes that a code, prefix or name selects; none where there is no such rule, which RVX603 reports."""
    try:
        return codes_of((word,))
    except UsageError:
        return frozenset()
