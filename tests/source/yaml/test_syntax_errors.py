"""Words for what is wrong with a text; the files in tests/source/broken show where."""

from __future__ import annotations

import pytest

from revox_sync.source.yaml.parse import compose

# A text; the words of message and label; the marked text.
ERRORS = {
    "tab": ("a:\n\tb: 1\n", "line is indented with a tab", "use spaces", "\t"),
    "open quote": ("a: 'x\nb: 1\n", "the quote `'` is never closed", "close it with `'`", "'x"),
    "open bracket": (
        "a: [x\nb: 1\n",
        "the bracket `[` is never closed",
        "close it with `]`, or put a text in quotes",
        "[",
    ),
    "bracket in brackets": (
        "a: [x}\n",
        "`}` is not expected inside `[]`",
        "separate entries with commas, close with `]`, or put a text in quotes",
        "}",
    ),
    "at sign": ("a: @x\n", "an unquoted text cannot start with `@`", "put the text in quotes", "@"),
    "stray bracket": ("a: ]\n", "`]` stands where a value is expected", "remove it, or put the text in quotes", "]"),
    "colon": ("a: b: c\n", "an unquoted text contains `: `", "put the text in quotes", ":"),
    "text that is not indented": (
        "x: |\nab\n",
        "`ab` is not indented, so it does not belong to the text of `x`",
        "indent it",
        "ab",
    ),
    "text that is indented no longer": (
        "x: |- # why\n  ab\n\n  cd\nef gh\ny: 1\n",
        "`ef gh` is not indented, so it does not belong to the text of `x`",
        "indent it",
        "ef gh",
    ),
    "no colon above": ("ab\ncd: 1\n", "`ab` has no `:`", "write `key: value`", "ab"),
    "no colon above, CRLF": ("x: 1\r\nab\r\ncd: 1\r\n", "`ab` has no `:`", "write `key: value`", "ab"),
    "no space behind the colon": (
        "x: 1\na:b\nc: 1\n",
        "`a:b` has no space behind its `:`",
        "write `key: value`",
        "a:b",
    ),
    "list on the line of a key": (
        "a: - x\n",
        "a list cannot start on this line",
        "start it on a line of its own, or quote",
        "-",
    ),
    "list among keys": ("a: 1\n- b\n", "a list entry stands among keys", "indent the list under its key", "-"),
    "behind a quote": (
        "a: 'it's'\n",
        "text goes on behind the closing quote",
        "double the quote inside the text (`''`)",
        "s'",
    ),
    "behind a double quote": (
        'a: "x" y\n',
        "text goes on behind the closing quote",
        'write the quote inside the text as `\\"`',
        "y",
    ),
    "behind a bracket": (
        "a: {x: 1} y\n",
        "text goes on behind the closing bracket",
        "put the text in quotes",
        "{x: 1} y",
    ),
    "escape": (
        'a: "\\d"\n',
        "`\\d` is no escape sequence",
        "write `\\\\` for a backslash, or use single quotes",
        "\\d",
    ),
    "block sign": ("a: | x\n  y\n", "text stands on the same line as `|`", "start it on the next line, indented", "x"),
    "alias": ("a: *\n", "an unquoted text cannot start with `*`", "put the text in quotes", "*"),
    "tag": ("a: !<x y\n", "`!<x` is no valid tag", "put the text in quotes", "!<x"),
    "tab behind a dash": ("-\ta: 1\n", "line is indented with a tab", "use spaces", "\t"),
    "tab below a block": ("a: |\n  x\n\t\nb: 1\n", "line is indented with a tab", "use spaces", "\t"),
    "comment behind a quote": (
        'a: "x"# y\n',
        "a comment needs a space before its `#`",
        "put a space there, or put the text in quotes",
        "#",
    ),
    "shallow line in brackets": (
        "a: {x: 1,\ny: 2}\nb: 1\n",
        "this line of what `{` begins is not indented",
        "indent it further than the key above, or close the `{` there",
        "y: 2}",
    ),
    "shallow line in quotes": (
        'a: "x\ny"\n',
        'this line of what `"` begins is not indented',
        'indent it further than the key above, or close the `"` there',
        'y"',
    ),
    "quote that the next value would close": (
        'a: "x\nb: "1"\n',
        'the quote `"` is never closed',
        'close it with `"`',
        '"x',
    ),
    "missing comma above": (
        "a: {x: 1\n  y: 2}\nb: 1\n",
        "`:` is not expected inside `{}`",
        "separate entries with commas, close with `}`, or put a text in quotes",
        ":",
    ),
    "dash in brackets": ("a: [-]\n", "an unquoted text cannot start with `-`", "put the text in quotes", "-"),
    "empty line that is too deep": (
        "a: |\n    \n  x\n",
        "an empty line is indented further than the text below it",
        "remove its spaces",
        "    ",
    ),
    "comma in a tag": ("a: !!str, x\n", "`!!str,` is no valid tag", "put the text in quotes", "!!str,"),
    "malformed directive": (
        "%YAML 1.2 x\n---\na: 1\n",
        "`%YAML 1.2 x` is no valid directive",
        "remove the line, or put the text in quotes",
        "%YAML 1.2 x",
    ),
    "other YAML": ("%YAML 2.0\n---\na: 1\n", "`%YAML 2.0` names another YAML than 1.2", "remove the line", "%YAML 2.0"),
    "directive without document": (
        "%x y\na: 1\n",
        "`%x y` is a directive, and needs a line `---` below it",
        "remove it, or put the text in quotes",
        "%x y",
    ),
    "directive inside": ("a: 1\n%x\n", "an unquoted text cannot start with `%`", "put the text in quotes", "%"),
    "no-break spaces": (
        "a:\n\xa0 b: 1\n",
        "line is indented with the invisible character U+00A0 (no-break space)",
        "use spaces",
        "\xa0 ",
    ),
    "no-break spaces before a list": (
        "a:\n\xa0- b\n",
        "line is indented with the invisible character U+00A0 (no-break space)",
        "use spaces",
        "\xa0",
    ),
    "an escape beyond Unicode": (
        'a: "\\UFFFFFFFF"\n',
        "`\\UFFFFFFFF` is no character",
        "write the character itself",
        "\\UFFFFFFFF",
    ),
}


@pytest.mark.parametrize(("text", "message", "label", "marked"), ERRORS.values(), ids=ERRORS)
def test_words_and_place_of_an_error(text: str, message: str, label: str, marked: str) -> None:
    composition = compose(text, "a.yaml")
    (problem,) = composition.problems
    assert composition.root is None
    assert (problem.message, problem.label) == (message, label)
    assert (problem.place.path, text[problem.place.start : problem.place.end]) == ("a.yaml", marked)


def test_an_unclosed_bracket_shows_both_places() -> None:
    text = "a: [x}\n"
    (related,) = compose(text, "a.yaml").problems[0].related
    assert (related.message, text[related.place.start : related.place.end]) == ("the `[` is here", "[")
