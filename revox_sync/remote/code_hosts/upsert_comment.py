"""Keeps one comment up to date: found again by a hidden marker, so that twenty pushes leave one review."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from revox_sync.errors import RejectedError, RemoteError, UnreachableError, UsageError
from revox_sync.remote.code_hosts.comments import HostComments

MARKER: Final = re.compile(r"<!-- revox-sync:[^<>\n]+ -->")
"""The first line of a comment that is kept up to date; a reader of the page does not see it."""


class Posted(StrEnum):
    """What became of a comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def upsert_comment(comments: HostComments, text: str) -> Posted:
    """Put a text into the comment with its marker, or into a new one where there is none.

    Only comments of the token's own account count: anybody can write a marker.

    Raises:
        UsageError: the text does not begin with a marker, or is longer than the host allows.
        NotAuthorisedError: the token may not comment.
        RemoteError: anything else went wrong; whether there is a new comment may then be unknown.
    """
    marker = _checked(text, comments.discussion.longest)
    done = _updated(comments, marker, text)
    if done is not None:
        return done
    try:
        comments.create(text)
    except RemoteError as error:
        if not _is_unclear(error):
            raise
    else:
        return Posted.CREATED
    # POST is not idempotent: we look before we repeat.
    if _updated(comments, marker, text) is None:
        comments.create(text)
    return Posted.CREATED


def _checked(text: str, longest: int) -> str:
    """The marker of a text."""
    marker = text.partition("\n")[0].rstrip()
    if not MARKER.fullmatch(marker):
        raise UsageError(
            "the report does not begin with a marker such as `<!-- revox-sync:plan:production -->`",
            hint="`-o markdown:FILE` of plan and diff writes one",
        )
    if len(text) > longest:
        raise UsageError(
            f"the report has {len(text):,} characters, a comment can have {longest:,}",
            hint="make it shorter with --max-chars",
        )
    return marker


def _updated(comments: HostComments, marker: str, text: str) -> Posted | None:
    """Replace the comment with the marker; None where there is none, or somebody has just deleted it."""
    for comment in comments.own():
        if comment.text.partition("\n")[0].rstrip() != marker:
            continue
        if _same(comment.text, text):
            return Posted.UNCHANGED
        try:
            comments.replace(comment.number, text)
        except RejectedError as refused:
            if refused.status != 404:
                raise
        else:
            return Posted.UPDATED
    return None


def _same(one: str, other: str) -> bool:
    """Whether two texts make one comment: hosts change line ends, and drop white space around."""
    return one.replace("\r\n", "\n").strip() == other.strip()


def _is_unclear(error: RemoteError) -> bool:
    """Whether a request that ended so may have created a comment all the same."""
    if isinstance(error, UnreachableError):
        return not error.never_sent
    return isinstance(error, RejectedError) and (error.status == 408 or error.status >= 500)
