from __future__ import annotations

import pytest

from revox_sync.emulator.fault_effects import EFFECTS
from revox_sync.emulator.faults import FAULT_KINDS, Dice, Fault


def test_every_kind_has_an_effect() -> None:
    assert EFFECTS.keys() == FAULT_KINDS.keys()


@pytest.mark.parametrize(
    ("text", "fault", "duration"),
    [
        ("drop-before:0.25", Fault("drop-before", 0.25), 0),
        ("slow:1", Fault("slow", 1), 35),
        ("slow:0.1:2.5", Fault("slow", 0.1, 2.5), 2.5),
        ("rate-limit:0:0", Fault("rate-limit", 0, 0), 0),
    ],
)
def test_a_fault_as_text(text: str, fault: Fault, duration: float) -> None:
    assert (Fault.parse(text), fault.duration) == (fault, duration)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slow", "KIND:RATE or KIND:RATE:SECONDS"),
        ("slow:", "KIND:RATE or KIND:RATE:SECONDS"),
        ("slow:1:", "KIND:RATE or KIND:RATE:SECONDS"),
        ("slow:1:2:3", "KIND:RATE or KIND:RATE:SECONDS"),
        ("slow:often", "KIND:RATE or KIND:RATE:SECONDS"),
        ("slow:1.1", "from 0 to 1"),
        ("slow:-0.1", "from 0 to 1"),
        ("slow:nan", "from 0 to 1"),
        ("slow:1:-1", "from 0 to 3600"),
        ("slow:1:inf", "from 0 to 3600"),
        ("drop-before:1:5", "takes no seconds"),
        ("flood:1", "no fault `flood`; known: drop-before"),
    ],
)
def test_no_fault(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Fault.parse(text)


@pytest.mark.parametrize(("rate", "hits"), [(0.0, 0), (0.1, 100), (0.5, 500), (0.9, 900), (1.0, 1000)])
def test_a_rate_is_kept(rate: float, hits: int) -> None:
    dice = Dice(seed=3)
    # Three standard deviations of a thousand throws are 47 at most.
    assert sum(dice.hit("slow", rate) for _ in range(1000)) == pytest.approx(hits, abs=47)


def test_throws_depend_on_seed_name_and_number_only() -> None:
    def throws(dice: Dice, name: str) -> list[bool]:
        return [dice.hit(name, 0.5) for _ in range(50)]

    alone, mixed = Dice(seed=1), Dice(seed=1)
    interleaved = [(mixed.hit("slow", 0.5), mixed.hit("bad-json", 0.5))[0] for _ in range(50)]
    assert throws(alone, "slow") == interleaved
    assert throws(Dice(seed=1), "bad-json") != interleaved
    assert throws(Dice(seed=2), "slow") != interleaved


def test_throws_are_the_same_on_every_machine() -> None:
    dice = Dice(seed=0)
    assert (
        "".join("x" if dice.hit("drop-before", 0.3) else "." for _ in range(40))
        == "...x........x.x.x.........x.xx.x....x.x."
    )
