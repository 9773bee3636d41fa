"""The shape of a rule: its documentation, its examples and its check in one class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from revox_sync.lint.model.account import Account
from revox_sync.lint.model.finding import Severity
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import Change
from revox_sync.source.model.problem import Related
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.lint.model.file_result import AssistantFact, ProjectFacts, ProjectHit
    from revox_sync.lint.model.suppression import Suppression
    from revox_sync.lint.subject.subject import Subject

ADDRESS_OF_EXAMPLES: Final = "assistants/example.yaml"
MINIMAL: Final = "name: Support\nprompt: Help the caller.\n"
"""The two fields that every contract requires."""


class Example(NamedTuple):
    """A file that shows what a rule finds or accepts. It is printed on the rule's page and run as its test.

    Attributes:
        text: the assistant file; bytes where it is not valid UTF-8.
        at: `line:column` of the one finding, `path:line:column` where it is in another file; empty for a valid example.
        says: words that the finding's sentence contains.
        fix: the part of the text that the finding's fix replaces, and its replacement; None where there is no fix.
        files: texts of the other files of the project, by path.
        account: what the API answers with `--online`; None without it.
    """

    text: str | bytes
    at: str = ""
    says: str = ""
    fix: tuple[str, str] | None = None
    files: Mapping[str, str] = MappingProxyType({})
    account: Account | None = None

    @property
    def fixed(self) -> str:
        """The file after the fix; empty where there is none."""
        return str(self.text).replace(*self.fix) if self.fix else ""


def with_fields(
    fields: str,
    at: str = "",
    says: str = "",
    fix: tuple[str, str] | None = None,
    files: Mapping[str, str] = MappingProxyType({}),
) -> Example:
    """An example with further fields, which begin on line 3 of the file, below the required ones."""
    return Example(f"{MINIMAL}{fields}\n", at, says, fix, files)


class Fix(NamedTuple):
    """How a finding can be fixed.

    Attributes:
        title: what is done, as an order: "rename to `prompt`".
        amendments: what changes, mostly values; the edits of the text are derived from them.
        safe: whether the result is what the author obviously meant, so that `--fix` may apply it.
    """

    title: str
    amendments: tuple[Change, ...]
    safe: bool


class Hit(NamedTuple):
    """What a rule found, before it is turned into a finding.

    Attributes:
        severity: None for the severity of the rule.
        fix: None where only a person can fix it.
        secret: whether the marked text is a secret, which the excerpt must not show.
    """

    message: str
    label: str
    location: Location
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    fix: Fix | None = None
    secret: bool = False


class Rule:
    """Finds one pattern.

    The docstring of a rule is its page: a headline, then *What it finds*, *Why it matters* and *Instead*.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    default: ClassVar[bool] = True
    """Whether it runs without being selected by its code or name."""
    severity: ClassVar[Severity] = Severity.ERROR
    VALID: ClassVar[Sequence[Example]] = (Example(MINIMAL),)
    INVALID: ClassVar[Sequence[Example]]

    @classmethod
    def page(cls) -> str:
        """The rule's documentation as Markdown text."""
        import inspect

        return inspect.cleandoc(cls.__doc__ or "")


class FileRule(Rule):
    """A rule that looks at one assistant at a time."""

    looks_at: ClassVar[tuple[str, ...]] = ()
    """Traits (`lint.subject.subject.Trait`) and top-level fields; in a file with none of them the rule finds nothing.

    Empty for a rule that looks at every file. Most files have few of the fields that rules are about, so that most
    rules need not run.
    """

    def traits(self) -> Iterable[str]:
        """The traits of `looks_at`; overridden by rules that read them from the schema."""
        return self.looks_at

    def check(self, subject: "Subject") -> Iterator[Hit]:
        """What is wrong in one assistant."""
        raise NotImplementedError


class ProjectRule(Rule):
    """A rule that compares the assistants of a project."""

    def check(self, project: "ProjectFacts") -> "Iterator[tuple[AssistantFact, ProjectHit]]":
        """What is wrong between assistants, each hit with the assistant that should change."""
        raise NotImplementedError


class OnlineRule(Rule):
    """A rule that asks the API about the account; runs with `--online` only."""

    def check(self, subject: "Subject", account: Account) -> Iterator[Hit]:
        """What is wrong in one assistant. Raises KeyRefusedError where the API does not accept the key."""
        raise NotImplementedError


class CommentRule(Rule):
    """A rule about the comments that suppress findings. It runs last, when it is known what they have suppressed."""

    def check(self, suppressions: "Sequence[Suppression]") -> Iterator[Hit]:
        """What is wrong with suppressions."""
        raise NotImplementedError
