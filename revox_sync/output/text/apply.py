"""The outcome of an apply for people, and how far a running one has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import visible
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action

_STYLES: Final = {
    Result.APPLIED: Style.ADDED,
    Result.FAILED: Style.ERROR,
    Result.REFUSED: Style.WARNING,
    Result.SKIPPED: Style.DIM,
    Result.UNKNOWN: Style.ERROR,
}
DONE: Final = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}
_NOT_STARTED: Final = "not started"


def outcome_line(outcome: Outcome, paint: Paint) -> str:
    """One line per assistant: what happened, and why where it did not work."""
    line = f"{visible(outcome.address)}: {paint(outcome_word(outcome), _STYLES[outcome.result])}"
    shown_id = outcome.id if outcome.result is Result.APPLIED else None
    details = [detail for detail in (shown_id, outcome.error, *outcome.notes) if detail]
    return line + (f" ({visible('; '.join(details))})" if details else "")


def outcome_word(outcome: Outcome) -> str:
    """How one assistant ended, in a word or two: `created`, `failed`, `not started`."""
    if outcome.result is Result.APPLIED:
        return DONE[outcome.action]
    return _NOT_STARTED if outcome.result is Result.SKIPPED else outcome.result.value


def apply_summary(applied: Applied, lock_path: str | None, paint: Paint) -> str:
    """The counts, and what became of the lock file; `lock_path` is None where it did not change."""
    lines = [paint(counts_line(applied), Style.BOLD)]
    if (lock := lock_line(applied, lock_path)) is not None:
        lines.append(visible(lock))
    return "\n".join(lines) + "\n"


def lock_line(applied: Applied, lock_path: str | None) -> str | None:
    """What became of the lock file; None where it did not change."""
    if applied.unsaved:
        return f"Lock not written: {applied.unsaved}; the journal keeps what it lacks"
    return f"Lock written: {lock_path}" if lock_path else None


def apply_counts(applied: Applied) -> dict[str, int]:
    """How many assistants ended in which way, by word: `created`, `updated`, `deleted`, `failed`, …."""
    return {
        **{word: applied.count(Result.APPLIED, action) for action, word in DONE.items()},
        **{result.value: applied.count(result) for result in Result if result is not Result.APPLIED},
    }


def counts_line(applied: Applied) -> str:
    """The counts in one line: `Apply complete: 1 created, …`."""
    counts = apply_counts(applied)
    # These two are rare, so they stand last and only where there are any.
    rare = {_NOT_STARTED: counts.pop(Result.SKIPPED), "left alone": applied.blocked}
    counts |= {word: number for word, number in rare.items() if number}
    text = ", ".join(f"{number} {word}" for word, number in counts.items())
    complete = sum(counts.values()) == applied.count(Result.APPLIED) and not applied.unsaved
    return f"{'Apply complete' if complete else 'Apply incomplete'}: {text}."


def progress_line(done: Mapping[str, int], total: int, seconds: float, waiting: str | None) -> str:
    """`12/40  10 created, 2 failed  3.4/s  waiting 12 s: the API asked to`.

    Args:
        done: how many assistants ended, by word.
        total: how many there are.
        seconds: since the apply began.
        waiting: what the apply waits for, if it does.
    """
    number = sum(done.values())
    words = ", ".join(f"{count} {word}" for word, count in done.items())
    # In the first instant there is no rate that means anything.
    rate = f"{number / seconds:.1f}/s" if number and seconds > 0 else ""
    return "  ".join(part for part in (f"{number}/{total}", words, rate, visible(waiting or "")) if part)
