"""All rules, and which of them a run uses."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from revox_sync.errors import UsageError
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import CommentRule, FileRule, OnlineRule, ProjectRule, Rule
from revox_sync.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from revox_sync.config import LintOptions

# By what their rules look at: a run imports the families it needs, a run that replays old results few of them.
ABOUT_FILES: Final = (
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
)
ABOUT_PROJECTS: Final = ("project",)
ABOUT_COMMENTS: Final = ("suppression",)
ABOUT_ACCOUNTS: Final = ("online",)
ALL: Final = "ALL"


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, in order of code."""
    return _rules(*ABOUT_FILES, *ABOUT_PROJECTS, *ABOUT_COMMENTS, *ABOUT_ACCOUNTS)


def file_rules() -> Iterator[type[FileRule]]:
    """Rules that look at one assistant at a time, in order of code."""
    return (rule for rule in _rules(*ABOUT_FILES) if issubclass(rule, FileRule))


def project_rules() -> Iterator[type[ProjectRule]]:
    """Rules that compare assistants, in order of code."""
    return (rule for rule in _rules(*ABOUT_PROJECTS) if issubclass(rule, ProjectRule))


def comment_rules() -> Iterator[type[CommentRule]]:
    """Rules about suppressions, in order of code."""
    return (rule for rule in _rules(*ABOUT_COMMENTS) if issubclass(rule, CommentRule))


def online_rules() -> Iterator[type[OnlineRule]]:
    """Rules that ask the account, in order of code."""
    return (rule for rule in _rules(*ABOUT_ACCOUNTS) if issubclass(rule, OnlineRule))


@cache
def _rules(*families: str) -> tuple[type[Rule], ...]:
    found: dict[str, type[Rule]] = {}
    for family in families:
        module = import_module(f"revox_sync.lint.rules.{family}")
        for member in vars(module).values():
            if isinstance(member, type) and issubclass(member, Rule) and hasattr(member, "code"):
                found[member.code] = member
    return tuple(found[code] for code in sorted(found))


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
    """Whether a code, prefix, name or ALL stands for a rule; one that is off by default only by its code or name."""
    return _is_called(rule, word) or (rule.default and (word == ALL or rule.code.startswith(word.upper())))


class Selection(NamedTuple):
    """Which rules run where, and how severe they are.

    Attributes:
        chosen: codes, prefixes, names or ALL: rules that run at all.
        left_out: the same, of rules that do not.
        severity: severity by code, where it is not the finding's own.
        per_file: codes that do not run, by glob of the address.
    """

    chosen: tuple[str, ...]
    left_out: tuple[str, ...]
    severity: Mapping[str, Severity]
    per_file: Mapping[str, frozenset[str]]

    def runs(self, rule: type[Rule]) -> bool:
        """Whether a rule runs at all."""
        left_out = any(_is_meant(rule, word) for word in self.left_out)
        return not left_out and any(_is_meant(rule, word) for word in self.chosen)

    @property
    def codes(self) -> frozenset[str]:
        """Rules that run at all."""
        return frozenset(rule.code for rule in all_rules() if self.runs(rule))

    def ignored(self, address: str) -> frozenset[str]:
        """Codes that do not run for one assistant."""
        if not self.per_file:
            return frozenset()
        return frozenset().union(*(codes for glob, codes in self.per_file.items() if fnmatchcase(address, glob)))


def select(options: "LintOptions") -> Selection:
    """Which rules options name. Raises UsageError for a word that matches no rule."""
    codes_of(word for word in (*options.select, *options.ignore) if word != ALL)
    return Selection(
        chosen=tuple(options.select) or (ALL,),
        left_out=tuple(options.ignore),
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
        codes |= {rule.code for rule in all_rules() if _is_meant(rule, word)} or {find_rule(word).code}
    return frozenset(codes)


def known_codes(word: str) -> frozenset[str]:
    """The same for one word; no codes where no rule is called so."""
    try:
        return codes_of((word,))
    except UsageError:
        return frozenset()
