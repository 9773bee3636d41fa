"""The outcome of an apply for people, and how far one has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import visible
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action

STYLES: Final = {
    Result.APPLIED: Style.ADDED,
    Result.FAILED: Style.ERROR,
    Result.REFUSED: Style.WARNING,
    Result.SKIPPED: Style.DIM,
    Result.UNKNOWN: Style.ERROR,
}
DONE: Final = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}
NOT_STARTED: Final = "not started"


def outcome_line(outcome: Outcome, paint: Paint) -> str:
    """One line per assistant: what happened, and why not."""
    applied = outcome.result is Result.APPLIED
    word = outcome_word(outcome)
    line = f"{visible(outcome.address)}: {paint(word, STYLES[outcome.result])}"
    details = [*([outcome.id] if outcome.id and applied else []), *([outcome.error] if outcome.error else [])]
    details.extend(outcome.notes)
    return line + (f" ({visible('; '.join(details))})" if details else "")


def outcome_word(outcome: Outcome) -> str:
    """How one assistant ended, in a word or two: `created`, `failed`, `not started`."""
    if outcome.result is Result.APPLIED:
        return DONE[outcome.action]
    return NOT_STARTED if outcome.result is Result.SKIPPED else outcome.result.value


def apply_summary(applied: Applied, paint: Paint, lock_path: str | None) -> str:
    """What was done in numbers; last the lock file, when it changed."""
    lines = [paint(summary_line(applied), Style.BOLD)]
    if applied.unsaved:
        lines.append(f"Lock not written: {visible(applied.unsaved)}; the next apply takes it from the journal")
    elif lock_path:
        lines.append(f"Lock written: {lock_path}")
    return "\n".join(lines) + "\n"


def summary_line(applied: Applied) -> str:
    """What was done in numbers: `Apply complete: 1 created, …`."""
    numbers = {
        "created": applied.count(Result.APPLIED, Action.CREATE),
        "updated": applied.count(Result.APPLIED, Action.UPDATE),
        "deleted": applied.count(Result.APPLIED, Action.DELETE),
        "failed": applied.count(Result.FAILED),
        "refused": applied.count(Result.REFUSED),
        "unknown": applied.count(Result.UNKNOWN),
    }
    rare = {NOT_STARTED: applied.count(Result.SKIPPED), "left alone": applied.blocked}
    numbers |= {word: number for word, number in rare.items() if number}
    text = ", ".join(f"{number} {word}" for word, number in numbers.items())
    whole = sum(numbers.values()) == applied.count(Result.APPLIED) and not applied.unsaved
    return f"{'Apply complete' if whole else 'Apply incomplete'}: {text}."


def progress_line(done: Mapping[str, int], total: int, seconds: float, waiting: str | None) -> str:
    """`12/40  10 created, 2 failed  3.4/s  waiting 12 s: the API asked to`.

    Args:
        done: how many ended, by word.
        total: how many there are.
        seconds: since it began.
        waiting: what keeps it from going on, where something does.
    """
    number = sum(done.values())
    words = ", ".join(f"{count} {word}" for word, count in done.items())
    rate = f"{number / seconds:.1f}/s" if number and seconds > 0 else ""
    return "  ".join(each for each in (f"{number}/{total}", words, rate, visible(waiting or "")) if each)
