"""RVX6: what is wrong between the files of a project, and with the comments that suppress findings."""

import re
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
_CODE: Final = r"(?i:rvx[0-9]*)"
_ALMOST: Final = re.compile(
    r"(?i:ignores?|disable)(?P<file>(?i:[-_ ]?file))?\s*[\[(:=]?\s*"
    rf"(?P<codes>(?:{_CODE}|[a-z0-9]+(?:-[a-z0-9]+)+)?(?:[,\s]+{_CODE})*)\s*[\])]?:?\s*(?P<reason>.*)"
)


class NameUsedTwice(ProjectRule):
    """Two assistants have the same name.

    What it finds: a `name` that another file of the project also has. The first file in order of address is not
    reported. It is a warning where every committed lock has both files with different ids, as after `pull --new` from
    an account with two assistants of one name.

    Why it matters: a file without lock entry finds its remote assistant by name. If two have the same name, nobody
    can tell which is which, and one could overwrite the other. `plan` leaves such files alone.

    Instead: give each assistant its own name.
    """

    code, name = "RVX601", "name-used-twice"
    VALID = (Example("name: A\nprompt: Hi\n", files={"assistants/b.yaml": "name: B\nprompt: Hi\n"}),)
    INVALID = (
        Example("name: A\nprompt: Hi\n", "1:7", "`A`", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
        Example('name: "A "\nprompt: Hi\n', "1:7", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
        Example(
            "name: “CAFÉ”  Nord\nprompt: Hi\n",
            "1:7",
            files={"assistants/a.yaml": 'name: "\\"Cafe\\u0301\\" nord"\nprompt: Hi\n'},
        ),
        Example(
            "name: A\nprompt: Hi\n",
            "1:7",
            "only the lock",
            files={
                "assistants/a.yaml": "name: A\nprompt: Hi\n",
                ".revox/production.lock.json": '{"assistants": {"a": {"id": "asst_1"}, "example": {"id": "asst_2"}}}',
            },
        ),
    )

    def check(self, project: ProjectFacts) -> Iterator[tuple[AssistantFact, ProjectHit]]:
        namesakes: dict[str, list[AssistantFact]] = {}
        for assistant in project.assistants:
            # The API may trim a name, so `A` and `A ` are one.
            earlier = namesakes.setdefault(assistant.served_name, [])
            earlier.append(assistant)
            if len(earlier) > 1:
                message = f"`{earlier[0].address}` also has the name `{assistant.name}`"
                label, severity = "choose another", None
                if project.told_apart(each.address for each in earlier):
                    # The message stays: whether there is a lock makes no finding new or gone.
                    label, severity = f"only the lock tells them apart; {label}", Severity.WARNING
                yield assistant, ProjectHit(message, label, earlier[0], "used first here", severity)


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

    What it finds: a `# revox: ignore[…]` comment whose rule reports nothing on its lines, or no longer. It says nothing
    of rules that did not run, or could not read the value, in some environment.

    Why it matters: a comment that is no longer needed hides the next finding of that rule.

    Instead: delete the code, or the comment.
    """

    code, name, severity = "RVX602", "unused-suppression", Severity.WARNING
    VALID = (_SUPPRESSED,)
    INVALID = (Example("name: A\nprompt: Hi # revox: ignore[RVX110] old\n", "2:28", "`RVX110`"),)

    def check(self, suppressions: Sequence[Suppression]) -> Iterator[Hit]:
        for suppression in suppressions:
            if suppression.codes and suppression.judged and not suppression.used:
                message = f"`{suppression.word}` suppresses nothing here"
                yield Hit(message, "delete it", Location(suppression.place, None))


class UnknownSuppression(CommentRule):
    """A suppression that does not work.

    What it finds: an unknown or missing code in a `# revox:` comment, `ignore-file` below the first key, and comments
    that are spelt otherwise: `# Revox:`, `## revox:`, `# revox-sync:`, `# revox ignore[…]`.

    Why it matters: the comment does nothing, and nobody notices.

    Instead: write `# revox: ignore[RVX207] reason`; `revox-sync rules` lists the codes.
    """

    code, name, severity = "RVX603", "unknown-code-in-suppression", Severity.WARNING
    VALID = (_SUPPRESSED,)
    INVALID = (
        Example("name: A\nprompt: Hi # revox: ignore[RVX999]\n", "2:28", "`RVX999`"),
        Example("name: A\nprompt: Hi # revox: ignore\n", "2:12", "names no rule"),
        Example("name: A\n# revox: ignore-file[RVX110]\nprompt: Hi\n", "2:1", "top of the file"),
        Example("name: A\nprompt: Hi # Revox: ignore[RVX110] old\n", "2:12", "`# revox: ignore[RVX110] old`"),
    )

    def check(self, suppressions: Sequence[Suppression]) -> Iterator[Hit]:
        for suppression in suppressions:
            if not suppression.codes:
                yield Hit(*_fault(suppression), Location(suppression.place, None))


def _fault(suppression: Suppression) -> tuple[str, str]:
    """Message and label."""
    comment = suppression.comment
    meant = _meant(comment.text)
    if not comment.is_exact:
        return "this comment suppresses nothing: it does not begin with `# revox:`", f"write `# revox: {meant}`"
    if suppression.word == comment.text and meant != comment.text:
        return f"`{comment.text}` suppresses nothing", f"write `# revox: {meant}`"
    if suppression.word:
        # Importing all rules takes time that only a wrong comment costs.
        from revox_sync.lint.registry import all_rules

        words = [text for rule in all_rules() for text in (rule.code, rule.name)]
        hint = did_you_mean(suppression.word, words) or "`revox-sync rules` lists them"
        return f"no rule is called `{suppression.word}`", hint
    if suppression.comment.text.startswith("ignore-file") and not suppression.comment.at_top:
        return "`ignore-file` works only at the top of the file", "move it above the first key"
    label = "write `ignore[CODE] reason`" if "[CODE]" in meant else f"write `# revox: {meant}`"
    return "the suppression names no rule", label


def _meant(text: str) -> str:
    """What somebody probably meant by the text of a comment: `Ignore RVX207 why` is `ignore[RVX207] why`."""
    found = _ALMOST.fullmatch(text)
    if not found:
        return text
    codes = ", ".join(re.split(r"[,\s]+", found["codes"].strip())) or "CODE"
    reason = f" {found['reason']}" if found["reason"] else ""
    return f"ignore{'-file' if found['file'] else ''}[{codes}]{reason}"
