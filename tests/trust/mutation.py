"""One thing in a JSON document that is not as documented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, Literal

from hypothesis import strategies as st

STEERING: Final = "\x1b[31m\x07\u202eevil\u2066\r\x00"
DEEP: Final = json.loads("[" * 60 + "]" * 60)
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    0.5,
    1e308,
    10**40,
    "",
    "x",
    STEERING,
    "../../../evil",
    "/etc/evil",
    "CON",
    "a/../b\\c:d",
    "..",
    "\ud800",
    "😀" * 300,
    "=cmd()|' /C calc'!A0",
    "```\n<img src=x onerror=alert(1)> @all #1 [a](javascript:b)",
    [],
    {},
    [None],
    [[]],
    [{}],
    ["x", "x"],
    {"": None},
    {STEERING: STEERING},
    {"$secret": "HOME"},
    {"__proto__": 1},
    DEEP,
)
Act = Literal["replace", "remove", "add", "repeat", "rename"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What happens, and where.

    Attributes:
        steps: which child to go to, each modulo their number; the walk ends early at a scalar.
    """

    steps: tuple[int, ...]
    act: Act
    value: Any

    def __call__(self, document: Any) -> Any:
        """The document with that one thing changed."""
        changed = [deepcopy(document)]
        parent, at = _walk(changed, self.steps)
        if self.act == "remove":
            del parent[at]
        elif self.act == "repeat" and isinstance(parent, list):
            parent.append(deepcopy(parent[at]))
        elif self.act == "add" and isinstance(parent[at], dict):
            parent[at]["added"] = self.value
        elif self.act == "rename" and isinstance(parent, dict):
            parent[str(self.value)] = parent.pop(at)
        else:
            parent[at] = self.value
        return changed[0] if changed else self.value


def _walk(parent: Any, steps: Sequence[int]) -> tuple[Any, Any]:
    """The last container on the way, and the key or index of the child in it."""
    at: Any = 0
    for step in steps:
        child = parent[at]
        if not isinstance(child, dict | list) or not child:
            break
        parent, at = child, list(child)[step % len(child)] if isinstance(child, dict) else step % len(child)
    return parent, at


MUTATIONS: Final = st.builds(
    Mutation,
    st.lists(st.integers(0, 50), min_size=1, max_size=6).map(tuple),
    st.sampled_from(["replace", "replace", "remove", "add", "repeat", "rename"]),
    st.sampled_from(VALUES),
)
