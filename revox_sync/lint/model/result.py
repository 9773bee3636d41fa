"""What linting one file gives: everything a later run needs to say the same without reading it again."""

from typing import NamedTuple

from revox_sync.lint.model.finding import Finding
from revox_sync.lint.model.project_facts import AssistantFact


class EnvironmentResult(NamedTuple):
    """What a file shows in one environment.

    Attributes:
        environment: None: it does not depend on the environment.
        findings: of rules that look at one file.
        fact: for rules that compare files; None without a readable name.
    """

    environment: str | None
    findings: tuple[Finding, ...]
    fact: AssistantFact | None


class FileResult(NamedTuple):
    """What one file shows.

    Attributes:
        read: other files that took part, by path; nothing is known of those that could not be read.
        commented: files of these, or the file itself, that may hold comments addressed to us.
        complete: whether `read` names everything the result depends on, so that it may be kept.
    """

    environments: tuple[EnvironmentResult, ...]
    read: frozenset[str]
    commented: frozenset[str]
    complete: bool
