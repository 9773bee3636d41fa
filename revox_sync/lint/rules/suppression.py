"""RVX6: comments that suppress findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import CommentRule, Example, Hit
from revox_sync.lint.model.suppression import Suppression
from revox_sync.source.documents.locate import Location
from revox_sync.values.did_you_mean import did_you_mean

GOOD = Example(
    "name: A\nprompt: Hi\nemail_notification_language: fr # revox: ignore[RVX110] the account still speaks 0.2\n"
)


class UnusedSuppression(CommentRule):
    """A suppression that suppresses nothing.

    What it finds: a `# revox: ignore[…]` comment whose rule reports nothing there any more, or names it for a line it
    is not on.

    Why it matters: a comment that outlives its reason hides the next finding.

    Instead: delete the code, or the comment.
    """

    code, name, severity = "RVX602", "unused-suppression", Severity.WARNING
    VALID = (GOOD,)
    INVALID = (Example("name: A\nprompt: Hi # revox: ignore[RVX110] old\n", at="2:28", says="`RVX110`"),)

    def check(self, suppressions: Sequence[Suppression], active: frozenset[str]) -> Iterator[Hit]:
        """Every suppression of rules that ran and that suppressed nothing."""
        for each in suppressions:
            if each.codes and not each.used and each.codes <= active:
                yield Hit(f"`{each.word}` suppresses nothing here", "delete it", Location(each.place, None))


class UnknownSuppression(CommentRule):
    """A suppression of a rule that does not exist.

    What it finds: an unknown or missing code in a `# revox:` comment, and `ignore-file` below the first key.

    Why it matters: the comment does nothing, and nobody notices.

    Instead: write `# revox: ignore[RVX207] reason`; `revox-sync rules` lists the codes.
    """

    code, name, severity = "RVX603", "unknown-code-in-suppression", Severity.WARNING
    VALID = (GOOD,)
    INVALID = (
        Example("name: A\nprompt: Hi # revox: ignore[RVX999]\n", at="2:28", says="`RVX999`"),
        Example("name: A\nprompt: Hi # revox: ignore\n", at="2:12", says="names no rule"),
        Example("name: A\n# revox: ignore-file[RVX110]\nprompt: Hi\n", at="2:1", says="top of the file"),
    )

    def check(self, suppressions: Sequence[Suppression], active: frozenset[str]) -> Iterator[Hit]:  # noqa: ARG002 - a wrong code is wrong whatever ran
        """Every suppression whose code is unknown or missing."""
        for each in suppressions:
            if not each.codes:
                message, label = _fault(each)
                yield Hit(message, label, Location(each.place, None))


def _fault(suppression: Suppression) -> tuple[str, str]:
    if suppression.word:
        from revox_sync.lint.registry import all_rules

        words = [text for rule in all_rules() for text in (rule.code, rule.name)]
        hint = did_you_mean(suppression.word, words) or "`revox-sync rules` lists them"
        return f"no rule is called `{suppression.word}`", hint
    if suppression.comment.text.startswith("ignore-file") and not suppression.comment.at_top:
        return "`ignore-file` works only at the top of the file", "move it above the first key"
    return "the suppression names no rule", "write `ignore[CODE] reason`"
