"""How far an apply has come, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.output.visible import visible


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
