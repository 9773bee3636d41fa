"""Comparisons that renderers are shown with."""

from __future__ import annotations

from typing import Any, Final

from revox_sync.lint.baseline.delta import Delta
from revox_sync.lint.model.finding import Finding, Region, RelatedRegion, Severity
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.comparison import Comparison, Unread
from revox_sync.sync.planning.file_versions import changes_between
from tests.output.samples import ENGLISH, FRENCH, MARKUP, OUTPUTS, declared

Sample = tuple[Comparison, Delta, dict[str, str]]


def wanted(address: str, **fields: Any) -> Desired:
    value = declared(address.title(), **fields)
    return Desired(address, value["name"], value)


def found(path: str, message: str, *related: str, severity: Severity = Severity.WARNING) -> Finding:
    region = Region(path, 3, 9, 3, 12)
    others = tuple(RelatedRegion("included from here", Region(each, 2, 1, 2, 2)) for each in related)
    return Finding("RVX209", "left-over", severity, message, "remove it", region, "x", others)


def reviewed() -> Sample:
    """Everything that can happen between two versions, with findings inside and outside the assistants that changed."""
    before = [
        wanted("sales/outbound", first_sentence="Hello {{contact_name}}"),
        wanted("recruiting/installateur", prompt=FRENCH, structured_output_config=OUTPUTS[:1]),
        wanted("support", voicemail_message="Call back."),
        wanted("retired", prompt="You are retired."),
        wanted("same", prompt="You stay."),
    ]
    after = [
        wanted("sales/outbound", first_sentence="Hello", prompt=ENGLISH.replace("two slots", "{{number}} slots")),
        wanted("recruiting/installateur", prompt=FRENCH.replace("cinq", "dix"), structured_output_config=OUTPUTS),
        Desired("team/support", "Support", declared("Support")),
        wanted("same", prompt="You stay."),
        wanted("collections", prompt=ENGLISH),
    ]
    unread = (Unread("1a2b3c4", "assistants/broken.yaml", 2), Unread("the work tree", "assistants/broken.yaml", 1))
    title = "main (merge base 1a2b3c4) → the work tree"
    new = (
        found("assistants/prompts/sales.md", "`TODO` is left over", "assistants/sales/outbound.yaml"),
        found("assistants/broken.yaml", "unknown field `promt`", severity=Severity.ERROR),
        found("assistants/same.yaml", "name used twice"),
    )
    delta = Delta(new, (found("assistants/recruiting/installateur.yaml", "`FIXME` is left over"),))
    addresses = {f"assistants/{each.address}.yaml": each.address for each in after}
    comparison = Comparison(title, "production", changes_between(before, after), unread)
    return comparison, delta, addresses | {"assistants/broken.yaml": "broken"}


def equal() -> Sample:
    """Nothing changed."""
    same = [wanted("same")]
    return Comparison("HEAD (1a2b3c4) → the work tree", "default", changes_between(same, same)), Delta((), ()), {}


def markup() -> Sample:
    """Names, texts and findings that would be Markdown or HTML."""
    changes = changes_between([], [Desired(MARKUP, MARKUP, declared(MARKUP, first_sentence=MARKUP))])
    delta = Delta((found(MARKUP, MARKUP), found("a.yaml", MARKUP)), (found(MARKUP, MARKUP),))
    return Comparison(MARKUP, "default", changes, (Unread("x", MARKUP, 1),)), delta, {"a.yaml": MARKUP}


COMPARISONS: Final = {"reviewed": reviewed, "equal": equal, "markup": markup}
