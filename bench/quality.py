"""How much of what reviewers find lint finds, and how much else it says: `make bench ARGS=lint-quality`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lint.quality.corpus import corpus, measure


def lines() -> Iterator[str]:
    """The figures, then every finding that is wrong and every fault that is missed."""
    quality = measure(corpus())
    yield f"{quality.files} assistants in 8 languages, {quality.faults} faults in them"
    yield f"precision {quality.precision:.1%}: {quality.right} findings are right, {len(quality.wrong)} wrong"
    yield f"recall    {quality.recall:.1%}: {len(quality.missed)} faults are not found"
    yield f"hints     {len(quality.hints)} name no fault"
    yield from (f"wrong: {text}" for text in quality.wrong)
    yield from (f"missed: {text}" for text in quality.missed)
    yield from (f"hint: {text}" for text in quality.hints)
