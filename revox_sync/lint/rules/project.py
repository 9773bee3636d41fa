"""RVX6: what is wrong between the files of a project, and with the comments that suppress findings."""

from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.lint.model.file_result import AssistantFact, ProjectFacts, ProjectHit
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import CommentRule, Example, Hit, ProjectRule, with_fields
from revox_sync.lint.model.suppression import Suppression
from revox_sync.source.documents.locate import Location
from revox_sync.values.did_you_mean import did_you_mean

_SUB_ASSISTANT: Final = "name: Reschedule\nprompt: Find another day.\ntype: sub-assistant\n"
_SUPPRESSED: Final = with_fields("email_notification_language: fr # revox: ignore[RVX110] the account still speaks 0.2")


class NameUsedTwice(ProjectRule):
    """Two assistants have the same name.

    What it finds: a `name` that another file of the project also has. The first file in order of address is not
    reported.

    Why it matters: a file without lock entry finds its remote assistant by name. If two have the same name, nobody
    can tell which is which, and one could overwrite the other.

    Instead: give each assistant its own name.
    """

    code, name = "RVX601", "name-used-twice"
    VALID = (Example("name: A\nprompt: Hi\n", files={"assistants/b.yaml": "name: B\nprompt: Hi\n"}),)
    INVALID = (
        Example("name: A\nprompt: Hi\n", "1:7", "`A`", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
        Example('name: "A "\nprompt: Hi\n', "1:7", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
    )

    def check(self, project: ProjectFacts) -> Iterator[tuple[AssistantFact, ProjectHit]]:
        first: dict[str, AssistantFact] = {}
        for assistant in project.assistants:
            # The API may trim a name, so `A` and `A ` are one.
            earlier = first.setdefault(assistant.served_name, assistant)
            if earlier is not assistant:
                message = f"`{earlier.address}` also has the name `{assistant.name}`"
                yield assistant, ProjectHit(message, "choose another", earlier, "used first here")


class SubAssistantWithoutLock(ProjectRule):
    """A sub-assistant without a lock entry.

    What it finds: `type: sub-assistant` in a file without lock entry in any environment. Off by default; it runs when
    its code or name is selected.

    Why it matters: the API leaves sub-assistants out of its list. One that exists already cannot be found by name, so
    apply creates another.

    Instead: apply it once and commit the lock.
    """

    code, name, severity, default = "RVX604", "sub-assistant-without-lock", Severity.INFO, False
    VALID = (
        Example("name: A\nprompt: Hi\n"),
        Example(
            _SUB_ASSISTANT,
            files={".revox/production.lock.json": '{"assistants": {"example": {"id": "asst_1"}, "": ""}}'},
        ),
    )
    INVALID = (Example(_SUB_ASSISTANT, "1:7", "no lock"),)

    def check(self, project: ProjectFacts) -> Iterator[tuple[AssistantFact, ProjectHit]]:
        for assistant in project.assistants:
            # Other assistants are found by their name when they have no lock entry.
            if assistant.hidden and assistant.address not in project.locked:
                message = f"no lock has the sub-assistant `{assistant.address}`, and the API cannot list it"
                yield assistant, ProjectHit(message, "apply creates it, even where it exists already")


class UnusedSuppression(CommentRule):
    """A suppression that suppresses nothing.

    What it finds: a `# revox: ignore[…]` comment whose rule reports nothing on its line, or no longer.

    Why it matters: a comment that is no longer needed hides the next finding of that rule.

    Instead: delete the code, or the comment.
    """

    code, name, severity = "RVX602", "unused-suppression", Severity.WARNING
    VALID = (_SUPPRESSED,)
    INVALID = (Example("name: A\nprompt: Hi # revox: ignore[RVX110] old\n", "2:28", "`RVX110`"),)

    def check(self, suppressions: Sequence[Suppression], active: frozenset[str]) -> Iterator[Hit]:
        for suppression in suppressions:
            # Of a rule that did not run nobody knows whether it would report something.
            if suppression.codes and not suppression.used and suppression.codes <= active:
                message = f"`{suppression.word}` suppresses nothing here"
                yield Hit(message, "delete it", Location(suppression.place, None))


class UnknownSuppression(CommentRule):
    """A suppression that does not work.

    What it finds: an unknown or missing code in a `# revox:` comment, and `ignore-file` below the first key.

    Why it matters: the comment does nothing, and nobody notices.

    Instead: write `# revox: ignore[RVX207] reason`; `revox-sync rules` lists the codes.
    """

    code, name, severity = "RVX603", "unknown-code-in-suppression", Severity.WARNING
    VALID = (_SUPPRESSED,)
    INVALID = (
        Example("name: A\nprompt: Hi # revox: ignore[RVX999]\n", "2:28", "`RVX999`"),
        Example("name: A\nprompt: Hi # revox: ignore\n", "2:12", "names no rule"),
        Example("name: A\n# revox: ignore-file[RVX110]\nprompt: Hi\n", "2:1", "top of the file"),
    )

    def check(self, suppressions: Sequence[Suppression], active: frozenset[str]) -> Iterator[Hit]:  # noqa: ARG002 - a wrong code is wrong whatever ran
        for suppression in suppressions:
            if not suppression.codes:
                yield Hit(*_fault(suppression), Location(suppression.place, None))


def _fault(suppression: Suppression) -> tuple[str, str]:
    """Message and label."""
    if suppression.word:
        # Importing all rules takes time that only a wrong comment costs.
        from revox_sync.lint.registry import all_rules

        words = [text for rule in all_rules() for text in (rule.code, rule.name)]
        hint = did_you_mean(suppression.word, words) or "`revox-sync rules` lists them"
        return f"no rule is called `{suppression.word}`", hint
    if suppression.comment.text.startswith("ignore-file") and not suppression.comment.at_top:
        return "`ignore-file` works only at the top of the file", "move it above the first key"
    return "the suppression names no rule", "write `ignore[CODE] reason`"
