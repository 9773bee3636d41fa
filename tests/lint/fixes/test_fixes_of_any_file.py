"""What holds for fixes of any file: they end their findings, and keep digits, comments and formatting."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.model.finding import Finding, FindingFix
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES
from revox_sync.lint.registry import all_rules
from revox_sync.lint.suppressions.add_ignores import comment_lines
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.edit import Edit, apply_edits
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.scalar_offsets import BREAK
from tests.lint.baseline.test_broken_files import CASES, files
from tests.lint.project import HEAD, fixed_files, lint_files

PATH: Final = ADDRESS_OF_EXAMPLES
MOVED_ALONG: Final = {"calling_window_end_time", "retry_delay_seconds", "channel_name"}

# As people type them, with the signs that a reader of YAML may take for something else.
TYPED: Final = (
    *("+33639980001", "33639980001", "0033639980001", "12345678901234567890", "01000", "007", "08", "0o17", "0x1F"),
    *("1e3", "1E-2", "1_000", "+12", "-0", "-7", ".5", "1.", "1.50", "12:30", "190:20:30", "2024-01-15", "0b11"),
    *("2024-01-15T10:00:00Z", "yes", "Off", "~", "'true'", "'1.50'", '"0400"', '"1e3"', "'12'", "'12345678901234567'"),
    *("'+33639980001'", '"-0"', "!!str 12", "!!int 0o17", "[01000, 1e3]", "{zip: 01000}", "[{a: '07'}]"),
)
NUMBER_LIKE: Final = re.compile(r"[-+.:\w]*[0-9][-+.:\w]*")


INNER_FIELDS: Final = ("", "", "speed", "max_retry_attempts", "retry_delay_seconds", "channel_id", "label")


def names_of_fields() -> list[str]:
    """Fields of the schema that are the author's, some of them misspelt, and others."""
    node = assistant_node()
    known = [name for name, field in node.properties.items() if not field.read_only]
    misspelt = [name.replace("_", "", 1) for name in known if "_" in name]
    return [*known, *misspelt, *(name[:-1] for name in known), "zip", "code", "x-1"]


@st.composite
def typed_fields(draw: DrawFn) -> str:
    """Lines with values of all kinds, at any field and deeper ones."""
    names = draw(st.lists(st.sampled_from(names_of_fields()), min_size=1, max_size=6, unique=True))
    lines = [HEAD]
    for name in names:
        value = draw(st.sampled_from(TYPED))
        inner = draw(st.sampled_from(INNER_FIELDS))
        lines.append(f"{name}:\n  {inner}: {value}\n" if inner else f"{name}: {value}\n")
    return "".join(line for line in lines if not line.startswith(("name:", "prompt:")) or line is HEAD)


@settings(max_examples=120, deadline=None)
@given(typed_fields())
def test_safe_fixes_keep_every_digit_and_sign(text: str) -> None:
    fixed = fixed_files({PATH: text}).get(PATH, text)
    assert sorted(NUMBER_LIKE.findall(fixed)) == sorted(NUMBER_LIKE.findall(text))


FORMATTING: Final = ("# é: 日本 🙂", "#", "", "# - [x] {y")


def corpus() -> list[dict[str, str]]:
    """Every example and every broken case that is text, as a project."""
    projects = [
        {PATH: example.text, **example.files}
        for rule in all_rules()
        for example in rule.INVALID
        if isinstance(example.text, str)
    ]
    broken = [files(name) for name in CASES]
    for each in broken:
        try:
            projects.append({path: content.decode() for path, content in each.items()})
        except UnicodeDecodeError:
            continue
    return projects


def fixable(project: dict[str, str]) -> list[Finding]:
    return [each for each in lint_files(project).findings if each.fix]


FIXABLE: Final = [each for each in corpus() if fixable(each)]


def value_of(project: dict[str, str], path: str) -> Value:
    return Loader(MemoryTree(project), variables=None, environ=None).load(path).value


def values_of(project: dict[str, str]) -> list[Value]:
    return [value_of(project, path) for path in sorted(project) if path.endswith(".yaml")]


def applied(fix: FindingFix, project: dict[str, str]) -> dict[str, str]:
    """The project after one fix, from nothing but the regions that are reported."""
    after = dict(project)
    for path in {each.region.path for each in fix.edits}:
        source = SourceText(path, project[path])
        edits = []
        for region, text in ((each.region, each.text) for each in fix.edits if each.region.path == path):
            ends = source.offset(region.line, region.column), source.offset(region.end_line, region.end_column)
            edits.append(Edit(Place(path, *ends), text))
        after[path] = apply_edits(project[path], edits)
    return after


@pytest.mark.parametrize("project", FIXABLE, ids=range(len(FIXABLE)))
def test_a_fix_ends_its_finding(project: dict[str, str]) -> None:
    codes = Counter(each.code for each in lint_files(project).findings)
    for finding in fixable(project):
        assert finding.fix is not None
        if finding.code == "RVX010":
            continue  # the mark is no part of the text, which regions are about
        after = Counter(each.code for each in lint_files(applied(finding.fix, project)).findings)
        if finding.code == "RVX009":  # ends all of one text: with some of them left, nobody could read it
            assert after[finding.code] < codes[finding.code], finding
        else:
            assert after[finding.code] == codes[finding.code] - 1, finding


@st.composite
def formatted(draw: DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """A project of the corpus, and the same with other white space, comments, quotes and line breaks."""
    before = draw(st.sampled_from(FIXABLE))
    after = {path: draw(_formatted(text)) if path.endswith(".yaml") else text for path, text in before.items()}
    assume(all(equal_values(*pair) for pair in zip(values_of(before), values_of(after), strict=True)))
    codes = [sorted(each.code for each in lint_files(project).findings) for project in (before, after)]
    assume(codes[0] == codes[1])
    return before, after


@st.composite
def _formatted(draw: DrawFn, text: str) -> str:
    free = comment_lines(SourceText(PATH, text))
    lines = []
    for number, line in enumerate(BREAK.split(text), 1):
        own = free(number) == number
        # A comment of a key that moves along, or inside an entry that goes, is lost, which no safe fix does.
        inside = line.startswith("    ")
        if own and not inside:
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + each for each in draw(st.lists(st.sampled_from(FORMATTING), max_size=2))]
        key, colon, rest = line.partition(":")
        if own and colon and key.replace("_", "").isalpha() and draw(st.booleans()):
            lines.append(f'"{key}"{colon}{rest}')
        else:
            lines.append(line)
        if (
            own
            and not inside
            and not line.startswith("  - ")
            and key.strip() not in MOVED_ALONG
            and rest[:1] == " "
            and "|" not in rest
            and ">" not in rest
            and draw(st.booleans())
        ):
            lines[-1] += "  # été"
    whole = draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    return whole if draw(st.booleans()) else whole.rstrip("\r\n")


def own_comments(text: str) -> Counter[str]:
    """Comments at the margin: those inside an entry that goes, go with it."""
    return Counter(line for line in BREAK.split(text) if line in FORMATTING and line)


@settings(max_examples=60, deadline=None)
@given(projects=formatted(), unsafe=st.booleans())
def test_fixing_knows_no_formatting(projects: tuple[dict[str, str], dict[str, str]], *, unsafe: bool) -> None:
    plain, project = projects
    fixed = {**project, **fixed_files(project, unsafe=unsafe)}
    expected = {**plain, **fixed_files(plain, unsafe=unsafe)}
    assert all(equal_values(*pair) for pair in zip(values_of(fixed), values_of(expected), strict=True))
    assert fixed_files(fixed, unsafe=unsafe) == {}
    for path, text in fixed.items():
        assert own_comments(text) == own_comments(project[path])
        assert "\r\n" not in project[path] or "\n" not in text.replace("\r\n", "")
