"""The page of a comparison of two versions of the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from revox_sync.lint.baseline.delta import Delta
from revox_sync.lint.model.finding import Finding
from revox_sync.output.page.fields import field_views
from revox_sync.output.page.model import Card, FindingView, Page, RowKind, in_order
from revox_sync.output.page.variables import new_and_gone
from revox_sync.output.text.visible import counted
from revox_sync.sync.model.comparison import Comparison, Unread
from revox_sync.sync.model.plan import Action, Change

NOTHING: Final = "No changes. Both versions mean the same."
VERBS: Final = {
    Action.CREATE: (RowKind.CREATE, "was added"),
    Action.UPDATE: (RowKind.UPDATE, "was changed"),
    Action.REMOVE: (RowKind.REMOVE, "was removed"),
}
WORDS: Final = {Action.CREATE: "added", Action.UPDATE: "changed", Action.REMOVE: "removed", Action.NOOP: "unchanged"}


def diff_page(comparison: Comparison, delta: Delta, addresses: Mapping[str, str], digest: str | None = None) -> Page:
    """What a reader sees of a comparison.

    Args:
        delta: findings that are new and gone.
        addresses: of the assistants, by the path their files have in either version.
        digest: of the comparison.
    """
    found = _by_address(delta, addresses)
    unread: dict[str, list[Unread]] = defaultdict(list)
    for each in comparison.unread:
        unread[addresses.get(each.path, each.path)].append(each)
    cards = [
        *(_change(each, found.pop(each.address, ())) for each in comparison.pending),
        *(_unread(address, versions, found.pop(address, ())) for address, versions in unread.items()),
    ]
    return Page(
        marker="diff",
        title="Changes of the assistants",
        subject=comparison.title,
        environment=comparison.environment,
        cards=in_order(cards),
        findings=tuple(each for rest in found.values() for each in rest),
        summary=_counts(comparison, delta),
        digest=digest,
        quiet=NOTHING if not cards and not delta.new and not delta.gone else None,
    )


def _by_address(delta: Delta, addresses: Mapping[str, str]) -> dict[str, tuple[FindingView, ...]]:
    """Findings by the assistant they are about; an empty address for those about none."""
    found: dict[str, tuple[FindingView, ...]] = defaultdict(tuple)
    for finding, is_new in (*((each, True) for each in delta.new), *((each, False) for each in delta.gone)):
        paths = (finding.region.path, *(each.region.path for each in finding.related))
        address = next((addresses[path] for path in paths if path in addresses), "")
        found[address] += (_finding(finding, is_new=is_new),)
    return found


def _finding(finding: Finding, *, is_new: bool) -> FindingView:
    region = finding.region
    place = f"{region.path}:{region.line}:{region.column}"
    return FindingView(is_new, finding.severity, f"{finding.code} {finding.name}", finding.sentence, place)


def _change(change: Change, findings: Iterable[FindingView]) -> Card:
    kind, verb = VERBS[change.action]
    new, gone = new_and_gone(change.fields, change.declared)
    return Card(
        kind=kind,
        address=change.address,
        name=change.name,
        verb=verb,
        impacts=change.impact,
        reason=change.reason,
        fields=field_views(change.fields),
        new_variables=new,
        gone_variables=gone,
        findings=tuple(findings),
    )


def _unread(address: str, versions: Iterable[Unread], findings: Iterable[FindingView]) -> Card:
    errors = ", and ".join(f"`{each.path}` has {counted(each.errors, 'error')} in {each.version}" for each in versions)
    return Card(RowKind.REFUSED, address, "", "cannot be compared", text=errors, findings=tuple(findings))


def _counts(comparison: Comparison, delta: Delta) -> str:
    *changed, unchanged = (f"{comparison.count(each):,} {word}" for each, word in WORDS.items())
    parts = [f"Diff: {', '.join(changed)}. {unchanged}."]
    if comparison.unread:
        parts.append(f"{len(comparison.unread):,} not compared.")
    if delta.new or delta.gone:
        parts.append(f"Findings: {len(delta.new):,} new, {len(delta.gone):,} gone.")
    return " ".join(parts)
