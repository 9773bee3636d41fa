"""Keeps one comment up to date. A hidden marker finds it again, so twenty pushes leave one comment."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from revox_sync.errors import RejectedError, RemoteError, UsageError
from revox_sync.remote.code_hosts.comment_api import HostComments
from revox_sync.remote.http.retry_policy import is_unclear

# The first line of a comment that is kept up to date. HTML comments are not shown on the page.
_MARKER: Final = re.compile(r"<!-- revox-sync:[^<>\n]+ -->")


class Posted(StrEnum):
    """What became of a comment or an issue."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    NOT_OPEN = "not open"


def upsert_comment(comments: HostComments, text: str) -> Posted:
    """Put a text into the comment with its marker, or into a new one where there is none.

    Only comments of the token's own account count: anybody can write a marker.

    Raises:
        UsageError: the text does not begin with a marker, or is longer than the host allows.
        NotAuthorisedError: the token may not comment.
        RemoteError: anything else went wrong; whether there is a new comment may then be unknown.
    """
    marker = _checked_marker(text, comments.discussion.longest)
    posted = _update(comments, marker, text)
    if posted is not None:
        return posted
    try:
        comments.create(text)
    except RemoteError as error:
        if not is_unclear(error):
            raise
    else:
        return Posted.CREATED
    # POST is not idempotent: we look before we repeat.
    if _update(comments, marker, text) is None:
        comments.create(text)
    return Posted.CREATED


def close_issues(issues: HostComments, text: str) -> Posted:
    """Put a text into the open issues with its marker and close them; there is one, unless two jobs ran at once.

    Raises what `upsert_comment` raises.
    """
    marker = _checked_marker(text, issues.discussion.longest)
    found = [issue for issue in issues.own() if _first_line(issue.text) == marker]
    for issue in found:
        issues.close(issue.number, text)
    return Posted.CLOSED if found else Posted.NOT_OPEN


def _checked_marker(text: str, longest: int) -> str:
    marker = _first_line(text)
    if not _MARKER.fullmatch(marker):
        raise UsageError(
            "the report does not begin with a marker such as `<!-- revox-sync:plan:production -->`",
            hint="`-o markdown:FILE` of plan and diff writes one",
        )
    if len(text) > longest:
        raise UsageError(
            f"the report has {len(text):,} characters, but a comment can have only {longest:,}",
            hint="make it shorter with --max-chars",
        )
    return marker


def _update(comments: HostComments, marker: str, text: str) -> Posted | None:
    """Replace the comment with the marker; None where there is none, or somebody has just deleted it."""
    for comment in comments.own():
        if _first_line(comment.text) != marker:
            continue
        # Hosts change line ends, and drop white space around a text.
        if comment.text.replace("\r\n", "\n").strip() == text.strip():
            return Posted.UNCHANGED
        try:
            comments.replace(comment.number, text)
        except RejectedError as refused:
            if refused.status != 404:
                raise
        else:
            return Posted.UPDATED
    return None


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
