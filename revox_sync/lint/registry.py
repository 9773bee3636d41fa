"""All rules, and which of them a run uses."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeVar

from revox_sync.errors import UsageError
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import CommentRule, FileRule, OnlineRule, ProjectRule, Rule
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.config import LintOptions

# Modules of lint/rules by the kind of their rules: importing all of them takes longer than linting one file, and a run
# that replays old results needs few.
_MODULES: Final[Mapping[type[Rule], str]] = {
    FileRule: (
        "yaml characters contract prompt prompt_flow wording left_overs safety speech calling_windows outputs tools"
        " tool_calls behaviour"
    ),
    ProjectRule: "project",
    CommentRule: "project",
    OnlineRule: "online",
}
ALL: Final = "ALL"
_Kind = TypeVar("_Kind", bound=Rule)


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, in order of code."""
    return tuple(sorted((rule for kind in _MODULES for rule in rules_of(kind)), key=lambda rule: rule.code))


def rules_of(kind: type[_Kind]) -> tuple[type[_Kind], ...]:
    """Every rule of one kind (FileRule, ProjectRule, CommentRule or OnlineRule), in order of code."""
    modules = [import_module(f"revox_sync.lint.rules.{name}") for name in _MODULES[kind].split()]
    members = {member for module in modules for member in vars(module).values() if isinstance(member, type)}
    # Base classes that several rules share have no code.
    rules = [member for member in members if issubclass(member, kind) and hasattr(member, "code")]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def find_rule(word: str) -> type[Rule]:
    """The rule with that code or name. Raises UsageError with a suggestion."""
    for rule in all_rules():
        if _is_called(rule, word):
            return rule
    words = [text for rule in all_rules() for text in (rule.code, rule.name)]
    raise UsageError(f"no rule is called `{word}`", hint=did_you_mean(word, words) or "`revox-sync rules` lists them")


def _is_called(rule: type[Rule], word: str) -> bool:
    return word == rule.name or word.upper() == rule.code


def _is_meant(rule: type[Rule], word: str) -> bool:
    """Whether a code, prefix, name or ALL selects a rule. A rule that is off by default needs its full code or name."""
    return _is_called(rule, word) or (rule.default and (word == ALL or rule.code.startswith(word.upper())))


class Selection(NamedTuple):
    """Which rules run where, and how severe they are.

    Attributes:
        chosen: codes, prefixes, names or ALL of the rules that run.
        left_out: codes, prefixes, names or ALL of those that do not, although they are chosen.
        severity: severity by code, for rules whose own severity is overridden.
        per_file: codes that do not run, by glob of the address.
        variables: every prompt variable that callers fill in; empty where the project does not list them.
    """

    chosen: tuple[str, ...]
    left_out: tuple[str, ...]
    severity: Mapping[str, Severity]
    per_file: Mapping[str, frozenset[str]]
    variables: tuple[str, ...] = ()

    def runs(self, rule: type[Rule]) -> bool:
        """Whether a rule runs at all."""
        left_out = any(_is_meant(rule, word) for word in self.left_out)
        return not left_out and any(_is_meant(rule, word) for word in self.chosen)

    def running(self, kind: type[_Kind]) -> list[_Kind]:
        """An instance of every rule of one kind that runs at all, in order of code."""
        return [rule() for rule in rules_of(kind) if self.runs(rule)]

    def without_account(self) -> "Selection":
        """The same without the rules that ask the account."""
        return self._replace(left_out=(*self.left_out, *(rule.code for rule in rules_of(OnlineRule))))

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the rules that run at all."""
        return frozenset(rule.code for rule in all_rules() if self.runs(rule))

    def ignored(self, address: str) -> frozenset[str]:
        """Codes that do not run for one assistant."""
        if not self.per_file:
            return frozenset()
        return frozenset().union(*(codes for glob, codes in self.per_file.items() if fnmatchcase(address, glob)))


def select(options: "LintOptions") -> Selection:
    """Which rules options name. Raises UsageError for a word that matches no rule."""
    # Looking up prefixes imports every rule; ALL, the default, must not.
    codes_of(word for word in (*options.select, *options.ignore) if word != ALL)
    return Selection(
        chosen=tuple(options.select) or (ALL,),
        left_out=tuple(options.ignore),
        severity={code: Severity(level) for word, level in options.severity.items() for code in codes_of((word,))},
        per_file={
            # People write the path of the file where the address is meant.
            glob.removesuffix(".yaml").removesuffix(".yml"): codes_of(words)
            for glob, words in options.per_file_ignores.items()
        },
        variables=tuple(options.variables),
    )


def codes_of(words: Iterable[str]) -> frozenset[str]:
    """Codes of the rules that codes, prefixes, names or ALL select.

    A rule that is off by default is selected only by its full code or name.

    Raises UsageError for a word that matches no rule.
    """
    codes: set[str] = set()
    for word in words:
        codes |= {rule.code for rule in all_rules() if _is_meant(rule, word)} or {find_rule(word).code}
    return frozenset(codes)
