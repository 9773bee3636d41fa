"""The page of a comparison of two versions of the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from revox_sync.lint.baseline.delta import Delta
from revox_sync.lint.model.finding import Finding
from revox_sync.output.page.change_card import change_card
from revox_sync.output.page.field_view import FieldView
from revox_sync.output.page.model import Card, CardKind, FindingView, Page, in_order
from revox_sync.output.text.visible import counted
from revox_sync.sync.model.comparison import TRUST, Comparison, ConfigurationChange, Unread
from revox_sync.sync.model.plan import Action

_NO_CHANGES: Final = "No changes. Both versions mean the same."
_COMPARED: Final = {
    Action.CREATE: (CardKind.CREATE, "was added"),
    Action.UPDATE: (CardKind.UPDATE, "was changed"),
    Action.REMOVE: (CardKind.REMOVE, "was removed"),
}
_COUNTED: Final = {Action.CREATE: "added", Action.UPDATE: "changed", Action.REMOVE: "removed", Action.NOOP: "unchanged"}


def diff_page(comparison: Comparison, delta: Delta, addresses: Mapping[str, str], digest: str | None = None) -> Page:
    """What a reader sees of a comparison.

    Args:
        delta: findings that are new and gone.
        addresses: of the assistants, by the path their files have in either version.
        digest: of the comparison.
    """
    found = _by_address(delta, addresses)
    unread: dict[str, list[Unread]] = defaultdict(list)
    for version in comparison.unread:
        unread[addresses.get(version.path, version.path)].append(version)
    cards = [
        *([_configuration(comparison.configuration)] if comparison.configuration else []),
        *(
            change_card(change, *_COMPARED[change.action], found.pop(change.address, ()))
            for change in comparison.pending
        ),
        *(_unread(address, versions, found.pop(address, ())) for address, versions in unread.items()),
    ]
    return Page(
        marker="diff",
        title="Changes of the assistants",
        subject=comparison.title,
        environment=comparison.environment,
        cards=in_order(cards),
        # What no card has taken is about no assistant that changed.
        findings=tuple(finding for rest in found.values() for finding in rest),
        summary=_counts(comparison, delta),
        digest=digest,
        quiet=_NO_CHANGES if not cards and not delta.new and not delta.gone else None,
    )


def _by_address(delta: Delta, addresses: Mapping[str, str]) -> dict[str, tuple[FindingView, ...]]:
    """Findings by the assistant they are about; an empty address for those about none."""
    views: dict[str, tuple[FindingView, ...]] = defaultdict(tuple)
    for is_new, findings in ((True, delta.new), (False, delta.gone)):
        for finding in findings:
            # A finding in a shared file belongs to the first assistant that includes the file.
            paths = (finding.region.path, *(related.region.path for related in finding.related))
            address = next((addresses[path] for path in paths if path in addresses), "")
            views[address] += (_finding(finding, is_new=is_new),)
    return views


def _finding(finding: Finding, *, is_new: bool) -> FindingView:
    region = finding.region
    place = f"{region.path}:{region.line}:{region.column}"
    return FindingView(is_new, finding.severity, f"{finding.code} {finding.name}", finding.sentence, place)


def _configuration(changes: Sequence[ConfigurationChange]) -> Card:
    fields = tuple(
        FieldView(
            change.path,
            "+" if change.before is None else "-" if change.after is None else "~",
            before=change.before,
            after=change.after,
        )
        for change in changes
    )
    return Card(CardKind.CONFIGURATION, "Configuration", "", "was changed", impacts=(TRUST,), fields=fields)


def _unread(address: str, versions: list[Unread], findings: tuple[FindingView, ...]) -> Card:
    text = ", and ".join(
        f"`{unread.path}` in {unread.version}: {unread.reason}"
        if unread.reason
        else f"`{unread.path}` has {counted(unread.errors, 'error')} in {unread.version}"
        for unread in versions
    )
    return Card(CardKind.REFUSED, address, "", "cannot be compared", text=text, findings=findings)


def _counts(comparison: Comparison, delta: Delta) -> str:
    *changed, unchanged = (f"{comparison.count(action):,} {word}" for action, word in _COUNTED.items())
    parts = [f"Diff: {', '.join(changed)}. {unchanged}."]
    if comparison.configuration:
        parts.append(f"Configuration: {counted(len(comparison.configuration), 'change')}.")
    if comparison.unread:
        parts.append(f"{comparison.not_compared:,} not compared.")
    if delta.new or delta.gone:
        parts.append(f"Findings: {len(delta.new):,} new, {len(delta.gone):,} gone.")
    return " ".join(parts)
