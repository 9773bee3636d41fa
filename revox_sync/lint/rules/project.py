"""RVX6: what is wrong between the files of a project."""

from __future__ import annotations

from collections.abc import Iterator

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.project_facts import AssistantFact, ProjectFacts, ProjectHit
from revox_sync.lint.model.rule import Example, ProjectRule

SUB_ASSISTANT = "name: Reschedule\nprompt: Find another day.\ntype: sub-assistant\n"


class NameUsedTwice(ProjectRule):
    """Two assistants have one name.

    What it finds: a `name` that another file of the project has, too; the first file by address keeps it.

    Why it matters: a file without lock entry finds its remote assistant by name. With two of a name nobody can tell
    which is which, and one could overwrite the other.

    Instead: give each assistant a name of its own.
    """

    code, name = "RVX601", "name-used-twice"
    VALID = (Example("name: A\nprompt: Hi\n", files={"assistants/b.yaml": "name: B\nprompt: Hi\n"}),)
    INVALID = (
        Example("name: A\nprompt: Hi\n", at="1:7", says="`A`", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
        Example('name: "A "\nprompt: Hi\n', at="1:7", files={"assistants/a.yaml": "name: A\nprompt: Hi\n"}),
    )

    def check(self, project: ProjectFacts) -> Iterator[tuple[AssistantFact, ProjectHit]]:
        """Every assistant whose name an earlier address has."""
        first: dict[str, AssistantFact] = {}
        for each in project.assistants:
            other = first.setdefault(each.served_name, each)
            if other is not each:
                message = f"`{other.address}` has the name `{each.name}`, too"
                yield each, ProjectHit(message, "choose another", other, "used first here")


class SubAssistantWithoutLock(ProjectRule):
    """A sub-assistant that no lock knows.

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
            SUB_ASSISTANT,
            files={".revox/production.lock.json": '{"assistants": {"example": {"id": "asst_1"}, "": ""}}'},
        ),
    )
    INVALID = (Example(SUB_ASSISTANT, at="1:7", says="no lock"),)

    def check(self, project: ProjectFacts) -> Iterator[tuple[AssistantFact, ProjectHit]]:
        """Every hidden assistant without a lock entry."""
        for each in project.assistants:
            if each.hidden and each.address not in project.locked:
                message = f"no lock knows the sub-assistant `{each.address}`, and the API cannot list it"
                yield each, ProjectHit(message, "apply creates it, even where it exists already")
