"""Comparisons that renderers are shown, written by hand."""

from __future__ import annotations

from typing import Final

from revox_sync.lint.baseline.delta import Delta
from revox_sync.lint.model.finding import Finding, Region, RelatedRegion, Severity
from revox_sync.sync.model.comparison import Comparison, ConfigurationChange, Unread
from revox_sync.sync.model.plan import Action, Change
from tests.output.samples import ENGLISH, FRENCH, MARKUP, OUTPUTS, added, changed, removed

Sample = tuple[Comparison, Delta, dict[str, str]]


def found(path: str, message: str, *related: str, severity: Severity = Severity.WARNING) -> Finding:
    region = Region(path, 3, 9, 3, 12)
    others = tuple(RelatedRegion("included from here", Region(each, 2, 1, 2, 2)) for each in related)
    return Finding("RVX209", "left-over", severity, message, "remove it", region, "x", others)


def reviewed() -> Sample:
    """Everything that can happen between two versions, with findings inside and outside the assistants that changed."""
    changes = (
        Change(
            "collections",
            "Collections",
            None,
            Action.CREATE,
            impact=("speech", "cosmetic"),
            fields=(added("name", "Collections"), added("prompt", ENGLISH)),
        ),
        Change(
            "recruiting/installateur",
            "Recruiting/Installateur",
            None,
            Action.UPDATE,
            impact=("speech", "data"),
            fields=(
                changed("prompt", FRENCH, FRENCH.replace("cinq", "dix")),
                added('structured_output_config["survey_start"]', OUTPUTS[1]),
            ),
        ),
        Change(
            "retired",
            "Retired",
            None,
            Action.REMOVE,
            impact=("speech", "cosmetic"),
            reason="its assistant stays unless applied with --prune",
        ),
        Change(
            "sales/outbound",
            "Sales/Outbound",
            None,
            Action.UPDATE,
            impact=("speech",),
            fields=(
                changed("prompt", ENGLISH, ENGLISH.replace("two slots", "{{number}} slots")),
                changed("first_sentence", "Hello {{contact_name}}", "Hello"),
            ),
        ),
        Change("same", "Same", None, Action.NOOP),
        Change(
            "team/support",
            "Support",
            None,
            Action.UPDATE,
            impact=("speech",),
            reason="moved from support, no longer manages `voicemail_message`",
            fields=(removed("voicemail_message", "Call back."),),
            declared={"prompt": ENGLISH},
            previous_address="support",
        ),
    )
    unread = (Unread("1a2b3c4", "assistants/broken.yaml", 2), Unread("the work tree", "assistants/broken.yaml", 1))
    title = "main (merge base 1a2b3c4) → the work tree"
    new = (
        found("assistants/prompts/sales.md", "`TODO` is left over", "assistants/sales/outbound.yaml"),
        found("assistants/broken.yaml", "unknown field `promt`", severity=Severity.ERROR),
        found("assistants/same.yaml", "name used twice"),
    )
    delta = Delta(new, (found("assistants/recruiting/installateur.yaml", "`FIXME` is left over"),))
    addresses = {f"assistants/{change.address}.yaml": change.address for change in changes if change.name != "Retired"}
    configuration = (
        ConfigurationChange("environments.production.base_url", None, "https://api.example.com"),
        ConfigurationChange("environments.production.api_key", "!env REVOX_API_KEY", "!env OTHER_KEY"),
        ConfigurationChange("safety.protect", ["sales/*", "team/*"], []),
        ConfigurationChange('locks.production.assistants["sales/outbound"]', "asst_1", None),
    )
    comparison = Comparison(title, "production", changes, unread, configuration)
    return comparison, delta, addresses | {"assistants/broken.yaml": "broken"}


def equal() -> Sample:
    """Nothing changed."""
    same = (Change("same", "Same", None, Action.NOOP),)
    return Comparison("HEAD (1a2b3c4) → the work tree", "default", same), Delta((), ()), {}


def markup() -> Sample:
    """Names, texts and findings that would be Markdown or HTML."""
    fields = (added("name", MARKUP), added("prompt", ENGLISH), added("first_sentence", MARKUP))
    changes = (Change(MARKUP, MARKUP, None, Action.CREATE, impact=("speech", "cosmetic"), fields=fields),)
    delta = Delta((found(MARKUP, MARKUP), found("a.yaml", MARKUP)), (found(MARKUP, MARKUP),))
    configuration = (ConfigurationChange(MARKUP, MARKUP, {MARKUP: [MARKUP]}),)
    return Comparison(MARKUP, "default", changes, (Unread("x", MARKUP, 1),), configuration), delta, {"a.yaml": MARKUP}


COMPARISONS: Final = {"reviewed": reviewed, "equal": equal, "markup": markup}
