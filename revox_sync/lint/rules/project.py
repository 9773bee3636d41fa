"""RVX6: what is wrong between the files of a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revox_sync.lint.rule import Example, Hit, ProjectRule
from revox_sync.lint.subject import Subject
from revox_sync.source.problem import Related


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
    )

    def check(self, subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Hit]]:
        """Every file whose name an earlier address has."""
        first: dict[str, Subject] = {}
        for subject in sorted(subjects, key=lambda each: each.file.address):
            name = subject.value.get("name") if isinstance(subject.value, dict) else None
            if not isinstance(name, str):
                continue
            other = first.setdefault(name, subject)
            if other is not subject:
                related = Related("used first here", other.document.locate(("name",)).place)
                message = f"`{other.file.address}` has the name `{name}`, too"
                yield subject, Hit(message, "choose another", subject.document.locate(("name",)), (related,))
