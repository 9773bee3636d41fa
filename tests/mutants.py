"""Documents with something changed in them: many of them broken, some still valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final, TypeAlias

Container: TypeAlias = "dict[str, Any] | list[Any]"
Spot: TypeAlias = tuple[Any, Any]
"""A container and the key or index of one of its values."""

MUTANTS: Final = 40
STRANGE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 1.0, 0.5, -0.0, 1e308, 2**53, -(2**53), 10**300),
    *(
        "",
        " ",
        "\n",
        "no-choice",
        "é",
        "日本",
        "\u2028",
        "\u0000",
        "1",
        "true",
        "+33612345678\n",
        "https://x.example\n",
    ),
    *("Europe/Paris ", "09:00\n", "a@example.com,", "snake_case\n", "{{", "dedicated-instance", "cartesia"),
    *([], {}, [None], [[]], {"": None}, {"type": "custom"}, {"name": 1}),
)


def spots(value: Any) -> Iterator[Spot]:
    """Every place of a document that holds a value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from spots(value[key])


def drop(spot: Spot, _: Random) -> None:
    container, key = spot
    del container[key]


def replace(spot: Spot, random: Random) -> None:
    container, key = spot
    container[key] = deepcopy(random.choice(STRANGE))


def add_key(spot: Spot, random: Random) -> None:
    container, key = spot
    target = container[key] if isinstance(container[key], dict) else container
    if isinstance(target, dict):
        names = ["name", "type", "id", "slack", "unknown", "é", "", "channel_id", "retry_delay_seconds", "source"]
        target[random.choice(names)] = deepcopy(random.choice(STRANGE))


def grow_text(spot: Spot, random: Random) -> None:
    container, key = spot
    if isinstance(container[key], str):
        container[key] += random.choice(["\n", " ", "\r\n", "é", "\u0000", "\u2029"])


def as_float(spot: Spot, _: Random) -> None:
    container, key = spot
    if isinstance(container[key], int) and not isinstance(container[key], bool) and abs(container[key]) < 2**53:
        container[key] = float(container[key])


def shift_number(spot: Spot, random: Random) -> None:
    container, key = spot
    if isinstance(container[key], int | float):
        container[key] += random.choice([-1, 1, -0.1, 0.1, 1e16, -(10**20)])


def repeat_entry(spot: Spot, _: Random) -> None:
    container, key = spot
    if isinstance(container, list):
        container.append(deepcopy(container[key]))


MUTATIONS: Final[tuple[Callable[[Spot, Random], None], ...]] = (
    drop,
    replace,
    replace,
    add_key,
    grow_text,
    as_float,
    shift_number,
    repeat_entry,
)


def mutants(document: dict[str, Any], random: Random) -> Iterator[dict[str, Any]]:
    """Copies of a document with one or two changes."""
    for _ in range(MUTANTS):
        mutant = deepcopy(document)
        for _ in range(random.randint(1, 2)):
            choices = list(spots(mutant))
            if choices:
                random.choice(MUTATIONS)(random.choice(choices), random)
        yield mutant
