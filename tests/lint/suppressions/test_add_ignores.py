"""Comments that suppress what is there already: where they go, and that they do nothing else."""

from __future__ import annotations

import re
from typing import Final

import pytest

from revox_sync.errors import UsageError
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.finding import LintReport
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES
from revox_sync.lint.suppressions.add_ignores import comment_lines, suppressed_texts
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.place import SourceText
from revox_sync.source.workspace import Workspace
from tests.lint.baseline.test_broken_files import CASES, files

PATH: Final = ADDRESS_OF_EXAMPLES
REASON: Final = "known, plan É"
ADDED: Final = re.compile(rf"[ \t]*# revox: ignore\[[^\]]*\] {REASON}(\r\n|\r|\n)")
# Nothing stands on a line of its own there, or the bytes of the file would not survive.
BEYOND_COMMENTS: Final = {"RVX001", "RVX003", "RVX010", "RVX012", "RVX014"}


def adopted(project: dict[str, bytes | str], reason: str = REASON) -> tuple[dict[str, str], LintReport, LintReport]:
    """New texts, and the reports before and after."""
    workspace = Workspace(MemoryTree(project))
    environments = list(workspace.config.environments.values())
    before = lint(workspace, workspace.files, environments)
    texts = suppressed_texts(workspace, before.findings, reason).texts
    after = workspace.over(texts)
    return texts, before, lint(after, after.files, environments)


def above(*codes: str, indent: str = "") -> str:
    return f"{indent}# revox: ignore[{', '.join(codes)}] {REASON}\n"


HEAD: Final = "name: A\nprompt: Hi\n"
TABLE: Final = "  | a | b |\n  |---|---|\n"

# Files, and what they become; None: nothing there can be suppressed.
ROWS: Final = {
    "key": (HEAD + "promt: x # why\n", HEAD + above("RVX101") + "promt: x # why\n"),
    "first line": ("nam: A\nprompt: Hi\n", above("RVX101") + "nam: A\nprompt: Hi\n"),
    "below a header": ("# us\n---\nnam: A\nprompt: Hi\n", "# us\n---\n" + above("RVX101") + "nam: A\nprompt: Hi\n"),
    "several codes": (
        HEAD + "voice: {id: x, provider: gradum, speeed: 1}\n",
        HEAD + above("RVX101", "RVX104") + "voice: {id: x, provider: gradum, speeed: 1}\n",
    ),
    "nested": (
        HEAD + "voice:\n  id: x\n  provider: gradum\n",
        HEAD + "voice:\n  id: x\n" + above("RVX104", indent="  ") + "  provider: gradum\n",
    ),
    "entry of a list": (
        HEAD + "faq_items:\n  - question: Q\n    answer: 1\n  - question: 2\n    answer: A\n",
        HEAD
        + "faq_items:\n  - question: Q\n"
        + above("RVX103", indent="    ")
        + "    answer: 1\n"
        + above("RVX103", indent="  ")
        + "  - question: 2\n    answer: A\n",
    ),
    "inside a block text": (
        "name: A\nprompt: |\n  Hello.\n  {{a}, wait\n  TODO: more\n",
        "name: A\n" + above("RVX201", "RVX209") + "prompt: |\n  Hello.\n  {{a}, wait\n  TODO: more\n",
    ),
    "behind a block text": (
        "name: A\nprompt: |+\n  Hello.\n\npromt: x\n",
        "name: A\nprompt: |+\n  Hello.\n\n" + above("RVX101") + "promt: x\n",
    ),
    "flow over lines": (
        HEAD + "voice: {id: x,\n\n  provider: gradum}\n",
        HEAD + "voice: {id: x,\n\n" + above("RVX104", indent="  ") + "  provider: gradum}\n",
    ),
    "start of a quoted text": (
        "name: A\nprompt: Hi\nfirst_sentence_mode: 'a\n  b'\n",
        "name: A\nprompt: Hi\n" + above("RVX104") + "first_sentence_mode: 'a\n  b'\n",
    ),
    "middle of a quoted text": (
        'name: A\nprompt: "Hello,\n  {{a}, wait"\n',
        "name: A\n" + above("RVX201") + 'prompt: "Hello,\n  {{a}, wait"\n',
    ),
    "middle of a plain text": (
        "name: A\nprompt: Hello,\n  {{a}, wait\n",
        "name: A\n" + above("RVX201") + "prompt: Hello,\n  {{a}, wait\n",
    ),
    "middle of a text on its own lines": (
        "name: A\nprompt:\n  'Hello,\n  {{a}, wait'\n",
        "name: A\nprompt:\n" + above("RVX201", indent="  ") + "  'Hello,\n  {{a}, wait'\n",
    ),
    "byte order mark": ("\ufeff" + HEAD + "promt: x\n", "\ufeff" + HEAD + above("RVX101") + "promt: x\n"),
    "a comment above is extended": (
        HEAD + "# revox: ignore[RVX209] old\n# more\npromt: x\n",
        HEAD + "# revox: ignore[RVX209, RVX101] old\n# more\npromt: x\n",
    ),
    "a comment beside is extended": (
        HEAD + "promt: x # revox: ignore[RVX209] old\n",
        HEAD + "promt: x # revox: ignore[RVX209, RVX101] old\n",
    ),
    "no final line break": (HEAD + "promt: x", HEAD + above("RVX101") + "promt: x"),
    "syntax": ("name: 'A\n", None),
    "in a comment": (HEAD + "# \u202e\n", None),
}


@pytest.mark.parametrize(("text", "expected"), ROWS.values(), ids=ROWS)
def test_comments_stand_above_what_they_are_about(text: str, expected: str | None) -> None:
    assert adopted({PATH: text})[0] == ({} if expected is None else {PATH: expected})


LEFT: Final = {
    "syntax": ({PATH: "name: 'A\n"}, "RVX001", "nothing of the file can be read"),
    "wrong bytes": ({PATH: b"name: Caf\xe9\nprompt: Hi\n"}, "RVX010", "the file is not UTF-8"),
    "byte order mark": ({PATH: "\ufeff" + HEAD}, "RVX010", "it is about the whole file"),
    "in a comment": ({PATH: HEAD + "# \u202e\n"}, "RVX009", "no comment can stand there"),
    "about a comment": ({PATH: HEAD + "# revox: ignore[RVX999]\n"}, "RVX603", "it is about a comment"),
}


@pytest.mark.parametrize(("project", "code", "why"), LEFT.values(), ids=LEFT)
def test_what_cannot_be_suppressed_is_named_with_the_reason(
    project: dict[str, bytes | str], code: str, why: str
) -> None:
    workspace = Workspace(MemoryTree(project))
    findings = lint(workspace, workspace.files, list(workspace.config.environments.values())).findings
    texts, left = suppressed_texts(workspace, findings, REASON)
    assert texts == {}
    assert [(finding.code, reason) for finding, reason in left] == [(code, why)]


def test_carriage_returns_are_kept() -> None:
    text = (HEAD + "promt: x\n").replace("\n", "\r\n")
    texts, _, after = adopted({PATH: text})
    assert texts == {PATH: (HEAD + above("RVX101") + "promt: x\n").replace("\n", "\r\n")}
    assert after.findings == ()


def test_a_text_file_is_suppressed_at_its_tag() -> None:
    project: dict[str, bytes | str] = {
        PATH: "name: A\nprompt: !file p.md\n",
        "assistants/b.yaml": "name: B\nprompt:\n  !file p.md\n",
        "assistants/p.md": "Hello {{a}, wait\n",
    }
    texts, _, after = adopted(project)
    assert texts == {
        PATH: "name: A\n" + above("RVX201") + "prompt: !file p.md\n",
        "assistants/b.yaml": "name: B\nprompt:\n" + above("RVX201", indent="  ") + "  !file p.md\n",
    }
    assert after.findings == ()


def test_a_shared_file_is_suppressed_where_the_fault_is() -> None:
    project: dict[str, bytes | str] = {PATH: HEAD + "voice: !include _v.yaml\n", "assistants/_v.yaml": "sped: 1\n"}
    assert adopted(project)[0] == {
        PATH: HEAD + above("RVX102") + "voice: !include _v.yaml\n",
        "assistants/_v.yaml": above("RVX101") + "sped: 1\n",
    }


def test_comments_about_comments_are_not_suppressed() -> None:
    texts, before, _ = adopted({PATH: HEAD + "# revox: ignore[RVX101] old\nsms_enabled: true\n"})
    assert [each.code for each in before.findings] == ["RVX602"]
    assert texts == {}


@pytest.mark.parametrize("name", CASES)
def test_what_can_be_suppressed_is(name: str) -> None:
    texts, before, after = adopted(dict(files(name)))
    assert {each.code for each in after.findings} <= BEYOND_COMMENTS
    assert len(after.findings) + len(after.suppressed) == len(before.findings) + len(before.suppressed)
    assert all(each.reason == REASON for each in after.suppressed[len(before.suppressed) :])
    for path, text in texts.items():
        assert ADDED.sub("", text) == files(name)[path].decode()


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "two\rlines", "a\tb", "bell\x07", "\u202eesrever", "\ud800"])
def test_a_reason_that_does_not_fit_on_a_line_is_refused(reason: str) -> None:
    with pytest.raises(UsageError):
        adopted({PATH: HEAD + "promt: x\n"}, reason)


@pytest.mark.parametrize("reason", ["[x] a: b", "# c", "日本 ☕"])
def test_any_other_reason_is_kept(reason: str) -> None:
    _, _, after = adopted({PATH: HEAD + "promt: x\n"}, reason)
    assert [each.reason for each in after.suppressed] == [reason]


# Each line with the line above which a comment speaks about it; `-` for none.
LINES = """\
-|# header
2|---
3|a: &x |
3|  text
3|
3|  # no comment
7|b: "one
7|  two"
9|c: one
9|  two
11|d: [1, # two
12|  {k: *x},
-|  # alone
14|]
-|
16|e:
17|- >-
17|  text
"""


def test_where_comments_go() -> None:
    rows = [row.split("|", 1) for row in LINES.splitlines()]
    look_up = comment_lines(SourceText("a.yaml", "\n".join(text for _, text in rows)))
    found = [look_up(number) for number in range(1, len(rows) + 1)]
    assert found == [None if expected == "-" else int(expected) for expected, _ in rows]


def test_a_file_that_cannot_be_read_takes_no_comments() -> None:
    assert comment_lines(SourceText("a.yaml", "a: 'b\n"))(1) is None
    assert comment_lines(SourceText("a.yaml", ""))(1) is None
