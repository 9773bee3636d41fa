"""Formatting one file: what it looks like, that it means the same, and that a second time changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.new_file import new_file_texts
from revox_sync.source.edits.value_diff import equal_values
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.formatting.format_text import format_bytes
from revox_sync.source.formatting.same_meaning import difference
from revox_sync.source.yaml.emit_scalars import Layout, write_entries, write_flow, write_quoted
from revox_sync.source.yaml.parse import compose
from tests.source.yaml.test_suite import CASES
from tests.strategies import assistants

Pair = tuple[str, str]


def formatted(text: str | bytes, node: Node | None = None) -> str | None:
    """The new text; it is formatted already."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    once = format_bytes(content, "a.yaml", node).text
    if once is not None:
        assert format_bytes(once.encode("utf-8", "surrogatepass"), "a.yaml", node).text == once
    return once


LAYOUT: Final[dict[str, Pair]] = {
    "indentation": ("a:\n    b:\n        - c:   1\n          d: [ ]\n", "a:\n  b:\n    - c: 1\n      d: []\n"),
    "lists at the margin": ("a:\n- b\n-   - c\n    - d\n", "a:\n  - b\n  - - c\n    - d\n"),
    "colons and comments": ("a  :   b      # c   \n#d\n", "a: b # c\n#d\n"),
    "empty lines": ("\n\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    "no line break at the end": ("a: 1", "a: 1\n"),
    "mark": (b"\xef\xbb\xbfa: 1\n".decode("utf-8"), "a: 1\n"),
    "CRLF stays": ("a: 'b'\r\nc: |\r\n   d\r\n", "a: b\r\nc: |\r\n  d\r\n"),
    "start of a document": ("# h\n---\n\na: 1\n", "# h\n---\n\na: 1\n"),
    "nothing to do": ("", ""),
    "brackets as a whole": ("{a: 1,\n  b: '2'}\n", "{a: 1,\n  b: '2'}\n"),
    "a value on the next line": ("a:\n  b\nc: # d\n  'e'\n", "a: b\nc: e # d\n"),
    "nothing": ("a:\nb: # c\nd: ~\n", "a:\nb: # c\nd: ~\n"),
    "block below a comment": ("a:  # b\n      c: d\n", "a: # b\n  c: d\n"),
    "comment behind a dash": ("a:\n-  # b\n   c: d\n", "a:\n  - # b\n    c: d\n"),
    "anchors, aliases, tags": (
        "a: &x   !!str   b\nc:   *x\nd: &y\n     e:   1\nf:\n    <<: *y\n",
        "a: &x !!str b\nc: *x\nd: &y\n  e: 1\nf:\n  <<: *y\n",
    ),
    "plain text over lines": ("a: one\n    two\n\n    three\n", "a: one\n  two\n\n  three\n"),
    "brackets over lines": ("a:\n    b: [ 'c',\n         d ]  # e\n", "a:\n  b: [ c,\n       d ] # e\n"),
    "brackets below their key": (
        "a:\n    [b, 'c']\nd:\n  [\n    e,\n  ] # f\n",
        "a:\n  [b, c]\nd:\n  [\n    e,\n  ] # f\n",
    ),
    "blanks in brackets": (
        "a: [ b ,c,   d  , {e:   f ,g: [ ] } ]\nh: &x {i: 1}\nj: [ *x , *x ]\n",
        "a: [b, c, d, {e: f, g: []}]\nh: &x {i: 1}\nj: [ *x , *x ]\n",
    ),
    "own tags": ("a: !file   'p.md'\nb: !sub '${c}: x'\n", 'a: !file p.md\nb: !sub "${c}: x"\n'),
}
QUOTES: Final[dict[str, Pair]] = {
    "needless": ("'a': 'b'\n\"c\": \"d e\"\n", "a: b\nc: d e\n"),
    "needed": ("a: 'yes'\nb: '1'\nc: 'd: e'\nf: ''\n", 'a: "yes"\nb: "1"\nc: "d: e"\nf: ""\n'),
    "the fewer escapes": ("a: \"\\\"b\\\": c\"\nd: 'it''s: e'\n", 'a: \'"b": c\'\nd: "it\'s: e"\n'),
    "doubtful without": ("a: yes\nb: 012\n", "a: yes\nb: 012\n"),
    "keys": ("'on': 1\n\"2\": 3\n'a b': 4\n", '"on": 1\n"2": 3\na b: 4\n'),
    "in brackets": ("a: ['b', 'c, d', {'e': 'f', 'g':'h'}]\n", "a: [b, \"c, d\", {e: f, 'g':'h'}]\n"),
    "escapes of what nobody sees stay": ('a: "b\\u200bc\\u0007"\n', 'a: "b\\u200bc\\u0007"\n'),
    "a text that was told to be one": ("a: !!str '1'\n", "a: !!str '1'\n"),
}
BLOCKS: Final[dict[str, Pair]] = {
    "escapes": ('a: "b\\nc"\nd: "e\\n\\nf\\n"\n', "a: |-\n  b\n  c\nd: |\n  e\n\n  f\n"),
    "folded quotes": ("a: 'b\n\n  c'\nd: \"e\n  f\"\n", "a: |-\n  b\n  c\nd: >-\n  e f\n"),
    "begins with blanks": ('a: "  b\\nc"\n', "a: |2-\n    b\n  c\n"),
    "comment goes to the sign": ('a: "b\\nc" # d\n', "a: |- # d\n  b\n  c\n"),
    "indented by a number": ("a: |4-\n     b\n    c\n", "a: |2-\n   b\n  c\n"),
    "deep": ("a: |\n        b\n          c\n", "a: |\n  b\n    c\n"),
    "folded": ("a: >-\n     b\n     c\n\n       d\n", "a: >-\n  b\n  c\n\n    d\n"),
    "kept breaks": ("a: |+\n  b\n\n\nc: 1\n", "a: |+\n  b\n\n\nc: 1\n"),
    "kept breaks that are none": ("a: |+\n  b\nc: >+\n  d\n", "a: |\n  b\nc: >\n  d\n"),
    "no break to keep": ("a: |\n  b", "a: |-\n  b\n"),
    "no text": ("a: |\nb: |+\n\n\n", 'a: ""\nb: "\\n\\n"\n'),
    "a text of comments": ("a: |\n # b\n  c\n# d\n", "a: |\n  # b\n   c\n# d\n"),
    "CR stays an escape": ('a: "b\\r\\nc"\n', 'a: "b\\r\\nc"\n'),
    "blanks at the end of lines stay": ('a: "b \\nc"\n', "a: |-\n  b \n  c\n"),
    "in a list": ("a:\n- |\n b\n- 'c\n\n  d'\n", "a:\n  - |\n    b\n  - |-\n    c\n    d\n"),
}
ORDER: Final[dict[str, Pair]] = {
    "fields": ("zzz: 1\nprompt: p\naaa: 2\nname: n\n", "name: n\nprompt: p\nzzz: 1\naaa: 2\n"),
    "comments go with their key": (
        "# about p\n# and more\nprompt: p # 1\n\n# about n\n\nname: n # 2\n# end\n",
        "# about n\n\nname: n # 2\n# about p\n# and more\nprompt: p # 1\n# end\n",
    ),
    "a heading stays": ("# h\n\n# about p\nprompt: p\nname: n\n", "# h\n\nname: n\n# about p\nprompt: p\n"),
    "what is about the file stays": (
        "# yaml-language-server: $schema=x\n# revox: ignore-file[RVX209]\n# p\nprompt: p\nname: n\n",
        "# yaml-language-server: $schema=x\n# revox: ignore-file[RVX209]\nname: n\n# p\nprompt: p\n",
    ),
    "suppressions go with their line": (
        "# revox: ignore[RVX209]\nprompt: draft\nname: n # revox: ignore[RVX601]\n",
        "name: n # revox: ignore[RVX601]\n# revox: ignore[RVX209]\nprompt: draft\n",
    ),
    "inside": (
        "voice:\n  provider: cartesia\n  # the id\n  id: v\n  # speed: 1\nname: n\n",
        "name: n\nvoice:\n  # the id\n  id: v\n  provider: cartesia\n  # speed: 1\n",
    ),
    "entries of lists": (
        "faq_items:\n- answer: A\n  # q\n  question: Q\n-\n  # a\n  answer: B\n",
        "faq_items:\n  - # q\n    question: Q\n    answer: A\n  - # a\n    answer: B\n",
    ),
    "variants": (
        "llm_model: {type: gpt}\nvoice: {x: 1, id: v}\n",
        "voice: {x: 1, id: v}\nllm_model: {type: gpt}\n",
    ),
    "an alias stays behind its anchor": ("prompt: &p x\nname: *p\n", "prompt: &p x\nname: *p\n"),
    "a merge key holds all": (
        "prompt: x\nvoice:\n  provider: a\n  <<: {id: b}\n",
        "prompt: x\nvoice:\n  provider: a\n  <<: {id: b}\n",
    ),
}
TABLES: Final = {
    f"{table}: {name}": (pair, node)
    for table, (rows, node) in {
        "layout": (LAYOUT, None),
        "quotes": (QUOTES, None),
        "blocks": (BLOCKS, None),
        "order": (ORDER, assistant_node()),
    }.items()
    for name, pair in rows.items()
}


@pytest.mark.parametrize(("pair", "node"), TABLES.values(), ids=TABLES.keys())
def test_what_becomes_of_a_text(pair: Pair, node: Node | None) -> None:
    before, after = pair
    assert formatted(before, node) == after
    assert equal_or_broken(before, after)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\n? b\n: c\n", 2, "has a key behind `?`"),
        ("%YAML 1.2\n---\na: 1\n", 1, "begins with a directive"),
        ("a: 1\n...\n", 2, "ends with `...`"),
        ("--- # c\na: 1\n", 1, "has content on the line of `---`"),
        ("&x a: 1\n", 1, "has an anchor or a tag before its first key, or around the whole file"),
        ("a: 1\nb: &x # c\n  d: 1\n", 2, "has a comment between an anchor or tag and its value"),
        ("a: # b\n  c # d\n", 2, "has a comment before its value and one behind it"),
        ("[a]: b\n", 1, "is written in a way that the formatter does not know"),
    ],
)
def test_what_is_left_as_it_is(text: str, line: int, reason: str) -> None:
    result = format_bytes(text.encode(), "a.yaml", None)
    assert (result.text, result.problem, result.line, result.reason) == (None, None, line, reason)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"a: [\n", 2, "a value is expected"),
        (b"a: 1\n---\nb: 2\n", 2, "more than one YAML document"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        (b"a: *b\n", 1, "names no anchor"),
        (b"a: " + b"[" * 200, 1, "levels deep"),
    ],
)
def test_what_cannot_be_read(content: bytes, line: int, words: str) -> None:
    result = format_bytes(content, "a.yaml", None)
    assert result.text is None
    assert result.problem is not None
    assert words in result.problem.message
    assert result.line == line


CHANGES: Final[dict[str, tuple[str, str, str | None]]] = {
    "nothing": ("a: 1 # c\nb: x\n", "b: 'x'\na: 1 # c\n", None),
    "value": ("a: 1\n", "a: 2\n", "would have other values"),
    "kind": ("a: 1\n", 'a: "1"\n', "would have other values"),
    "tag": ("a: !env X\n", "a: X\n", "would have other values"),
    "key": ("a: 1\n", "b: 1\n", "would have other values"),
    "first of equal keys": ("a: 1\na: 2\n", "a: 2\na: 1\n", "would have other values"),
    "alias": ("a: &x 1\nb: *x\n", "a: &x 1\nb: 1\n", "would have other values"),
    "another anchor": ("a: &x 1\nb: &y 1\nc: *x\n", "a: &x 1\nb: &y 1\nc: *y\n", "would have other values"),
    "order of a list": ("a: [1, 2]\n", "a: [2, 1]\n", "would have other values"),
    "comment": ("a: 1 # c\n", "a: 1\n", "would lose a comment"),
    "comment in a text": ("a: 1 # c\nb: x\n", 'a: 1\nb: "x" # d\n', "would lose a comment"),
    "suppression": (
        "a: 1 # revox: ignore[RVX101]\nb: 2\n",
        "a: 1\nb: 2 # revox: ignore[RVX101]\n",
        "has a `# revox:` comment that would be about something else",
    ),
    "suppression of the file": (
        "# revox: ignore-file[RVX101]\na: 1\n",
        "a: 1\n# revox: ignore-file[RVX101]\n",
        "has a `# revox:` comment that would be about something else",
    ),
    "problem": ("a: 1\n", "a: 1\n---\nb: 1\n", "would be read with other problems"),
}


@pytest.mark.parametrize(("before", "after", "reason"), CHANGES.values(), ids=CHANGES.keys())
def test_what_the_proof_finds(before: str, after: str, reason: str | None) -> None:
    assert difference(before, compose(before, "a"), after, "a") == reason


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_yaml_suite_means_the_same_or_is_left(case: Any) -> None:
    for node in (None, assistant_node()):
        new = formatted(case["yaml"], node)
        if new is not None:
            assert equal_or_broken(case["yaml"], new)
            before = all_comments(case["yaml"])
            assert before is None or all_comments(new) == before


def equal_or_broken(before: str, after: str) -> bool:
    """Whether PyYAML, as far as it can, and our loader read two texts alike."""
    mine, theirs = (
        Loader(MemoryTree({"a.yaml": text}), variables=None, environ=None).load("a.yaml") for text in (before, after)
    )
    assert equal_values(mine.value, theirs.value)
    try:
        whole = yaml.safe_load(before)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return True
    return repr(sorted_keys(yaml.safe_load(after))) == repr(sorted_keys(whole))


def sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((repr(key), sorted_keys(child)) for key, child in value.items())
    return [sorted_keys(child) for child in value] if isinstance(value, list) else value


def all_comments(text: str) -> Counter[str] | None:
    """Comments as PyYAML's scanner leaves them over: what no token covers; None for a text that it cannot scan."""
    try:
        tokens = list(yaml.scan(text))
    except yaml.YAMLError:
        return None
    covered = [
        (token.start_mark.index, token.end_mark.index) for token in tokens if isinstance(token, yaml.ScalarToken)
    ]
    gaps, at = [], 0
    for start, end in covered:
        gaps.append(text[at:start])
        # The sign of a block, and the comment behind it, belong to its token.
        sign = re.match(r"[|>][-+0-9]*([^\n]*)", text[start:end])
        gaps.append(sign[1] if sign else "")
        # So do comments below it that are indented less than its text.
        at = end
    gaps.append(text[at:])
    return Counter(found.rstrip() for gap in gaps for found in re.findall(r"(?:(?<=\s)|\A)#[^\n]*", gap))


@st.composite
def spelt_assistants(draw: DrawFn) -> str:
    """An assistant in one of many layouts, keys in any order, with comments between its lines."""
    body = draw(assistants())
    keys = draw(st.permutations(list(body)))
    parts = []
    for key in keys:
        value = body[key]
        layout = Layout(draw(st.integers(2, 4)), draw(st.sampled_from([0, 2, 3])), "\n", draw(st.sampled_from([0, 40])))
        style = draw(st.sampled_from(["block", "flow", "quoted"]))
        if style == "quoted" and isinstance(value, str):
            text = f"{write_quoted(key)}:  {write_quoted(value)}"
        elif style == "flow":
            text = f"{key}: {write_flow(value)}"
        else:
            text = write_entries({key: value}, 0, layout)
        comment = draw(st.sampled_from(["", "# c", "\n# c\n#d\n", "\n\n", "# revox: ignore[RVX209] x"]))
        parts.append(f"{comment}\n{text}" if comment else text)
    return "\n".join(parts) + draw(st.sampled_from(["", "\n", "\n\n# end\n", "\n  # end\n"]))


@settings(max_examples=80, deadline=None)
@given(spelt_assistants())
def test_an_assistant_means_the_same_in_the_order_of_the_schema(text: str) -> None:
    new = formatted(text, assistant_node())
    assert new is not None
    before, after = (
        Loader(MemoryTree({"a.yaml": each}), variables=None, environ=None).load("a.yaml") for each in (text, new)
    )
    assert equal_values(before.value, after.value)
    assert isinstance(after.value, dict)
    order = [key for key in assistant_node().properties if key in after.value]
    assert list(after.value) == order
    assert new.count("# c") == text.count("# c")
    assert new.count("# revox:") == text.count("# revox:")


@settings(max_examples=60, deadline=None)
@given(assistants())
def test_new_files_are_formatted(body: dict[str, Any]) -> None:
    ordered = {key: body[key] for key in assistant_node().properties if key in body}
    for path, text in new_file_texts("assistants", "a", ordered).texts.items():
        if path.endswith(".yaml"):
            assert formatted(text) == text


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                ":",
                " ",
                "\n",
                "  ",
                "- ",
                "#",
                "|",
                ">",
                "'",
                '"',
                "&x ",
                "*x",
                "[",
                "]",
                "{",
                "}",
                ",",
                "!t ",
                "?",
                "\\",
                "\r",
                "\t",
                "é",
                "\u2028",
                "---",
            ]
        ),
        max_size=16,
    ).map("".join)
)
def test_hostile_texts_mean_the_same_or_are_left(text: str) -> None:
    new = formatted(text, assistant_node())
    assert new is None or equal_or_broken(text.replace("\r\n", "\n").replace("\r", "\n"), new)
