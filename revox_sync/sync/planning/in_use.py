"""Takes nothing away that is in use: what a plan would do to assistants that answer numbers or dial in campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from shlex import quote

from revox_sync.sync.model.plan import Action, Change, Plan, Refusal
from revox_sync.sync.model.usage import Usage
from revox_sync.values.address import naming


def takes_away(change: Change, former: Mapping[str, str]) -> bool:
    """Whether callers of the assistant that is there now would no longer reach it, or reach something else.

    Args:
        former: ids of lock entries by address: a create of such an address takes the place of what is gone.
    """
    if change.action is Action.UPDATE:
        # A sub-assistant, or the entry of a flow, answers nobody by itself.
        return "type" in change.body and change.body["type"] != change.before.get("type")
    return change.action is Action.DELETE or (change.action is Action.CREATE and change.address in former)


def may_take_away(plan: Plan, former: Mapping[str, str]) -> bool:
    """Whether somebody has to ask which assistants are in use before the plan is carried out."""
    return any(takes_away(change, former) for change in plan.pending)


def is_heard(plan: Plan) -> bool:
    """Whether the plan changes what callers of an assistant hear that exists already."""
    return any(change.action is Action.UPDATE and "speech" in change.impact for change in plan.pending)


def keep_in_use(plan: Plan, usage: Usage, former: Mapping[str, str], excused: Sequence[str]) -> Plan:
    """The plan in which what is in use, or may be, is refused, with a note for each number whose callers hear a change.

    Args:
        former: as in `takes_away`.
        excused: addresses and globs of assistants that may be taken away although they are in use.
    """
    refused, notes = dict[str, Refusal](), list[str]()
    for change in plan.pending:
        reasons = list(_reasons(change, usage, former))
        if not takes_away(change, former):
            numbers = usage.numbers(change.id)
            if "speech" in change.impact and numbers:
                notes.append(f"{change.address}: callers of {', '.join(numbers)} will hear this")
        elif reasons and naming(change.address, excused) is None:
            way_on = f"--even-if-used={quote(change.address)} does it all the same"
            refused[change.address] = Refusal(change.address, change.name, f"{'; '.join(reasons)}; {way_on}")
        elif reasons:
            notes.append(f"{change.address}: {'; '.join(reasons)}, and --even-if-used names it")
    if usage.unknown and is_heard(plan):
        # Without this, a plan that names nobody would read as if nobody called.
        notes.append(f"whose callers will hear this is not all known: {'; '.join(usage.unknown)}")
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.address not in refused),
        refused=tuple(sorted((*plan.refused, *refused.values()), key=lambda refusal: refusal.address)),
        notes=(*plan.notes, *notes),
    )


def _reasons(change: Change, usage: Usage, former: Mapping[str, str]) -> Iterator[str]:
    """Why an assistant is in use, or may be."""
    assistant_id = change.id or former.get(change.address)
    uses, numbers = usage.of(assistant_id), usage.numbers(assistant_id)
    campaigns = [use.text for use in uses if use.number is None]
    if numbers:
        yield f"it answers {', '.join(numbers)}"
    if campaigns:
        yield f"{', '.join(campaigns)} dials with it"
    if usage.unknown and not uses:
        yield f"whether it is in use is unknown: {'; '.join(usage.unknown)}"
