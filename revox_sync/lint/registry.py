"""All rules, and which of them a run uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import Final

from revox_sync.config import LintOptions
from revox_sync.errors import UsageError
from revox_sync.lint.finding import Severity
from revox_sync.lint.rule import Rule
from revox_sync.suggest import did_you_mean

FAMILIES: Final = (
    "yaml",
    "contract",
    "placeholder",
    "prompt",
    "wording",
    "safety",
    "speech",
    "windows",
    "outputs",
    "tools",
    "behaviour",
    "project",
    "suppression",
    "online",
)
ALL: Final = "ALL"


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, in order of code."""
    found: dict[str, type[Rule]] = {}
    for family in FAMILIES:
        module = import_module(f"revox_sync.lint.rules.{family}")
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Rule) and hasattr(each, "code"):
                found[each.code] = each
    return tuple(found[code] for code in sorted(found))


def find_rule(word: str) -> type[Rule]:
    """The rule with that code or name. Raises UsageError with a suggestion."""
    for each in all_rules():
        if word in {each.code, each.name} or word.upper() == each.code:
            return each
    words = [text for each in all_rules() for text in (each.code, each.name)]
    raise UsageError(f"no rule is called `{word}`", hint=did_you_mean(word, words) or "`revox-sync rules` lists them")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run where, and how severe they are.

    Attributes:
        codes: rules that run at all.
        severity: severity by code, where it is not the finding's own.
        per_file: codes that do not run, by glob of the address.
    """

    codes: frozenset[str]
    severity: Mapping[str, Severity]
    per_file: Mapping[str, frozenset[str]]

    def ignored(self, address: str) -> frozenset[str]:
        """Codes that do not run for one assistant."""
        return frozenset().union(*(codes for glob, codes in self.per_file.items() if fnmatchcase(address, glob)))


def select(options: LintOptions) -> Selection:
    """Turn codes, prefixes and names into codes. Raises UsageError for one that matches no rule."""
    wanted = codes_of(options.select or (ALL,))
    return Selection(
        codes=wanted - codes_of(options.ignore),
        severity={code: Severity(level) for word, level in options.severity.items() for code in codes_of((word,))},
        per_file={_address(glob): codes_of(words) for glob, words in options.per_file_ignores.items()},
    )


def _address(glob: str) -> str:
    return glob.removesuffix(".yaml").removesuffix(".yml")


def codes_of(words: Iterable[str]) -> frozenset[str]:
    """Codes that codes, prefixes, names or ALL stand for; a rule that is off by default only by its code or name.

    Raises UsageError for a word that matches no rule.
    """
    codes: set[str] = set()
    for word in words:
        matching = {
            each.code for each in all_rules() if each.default and (word == ALL or each.code.startswith(word.upper()))
        }
        codes |= matching or {find_rule(word).code}
    return frozenset(codes)
