"""Every file in broken/ names, in its first comments, the problems it must have: kind, line, column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MAX_BYTES, MemoryTree
from revox_sync.source.model.problem import ProblemKind

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
EXPECTED = re.compile(r"^# ([a-z-]+) (\d+:\d+)$", re.MULTILINE)


def load(content: bytes) -> Document:
    return Loader(MemoryTree({"dir/a.yaml": content}), variables={}, environ=None).load("dir/a.yaml")


def found(document: Document) -> list[tuple[str, str]]:
    positions = [document.sources[problem.place.path].position(problem.place.start) for problem in document.problems]
    return [
        (problem.kind.value, f"{line}:{column}")
        for problem, (line, column) in zip(document.problems, positions, strict=True)
    ]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_file_has_the_problems_it_names(path: Path) -> None:
    content = path.read_bytes()
    expected = EXPECTED.findall(content.decode())
    assert expected
    assert found(load(content)) == expected


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_messages_are_plain_sentences(path: Path) -> None:
    for problem in load(path.read_bytes()).problems:
        assert not problem.message.endswith(".")
        assert not re.search(r"object at|Token|<class|<scalar>|\\x|None", problem.message + problem.label)
        assert problem.message[0] == problem.message[0].lower()


def test_every_kind_of_problem_has_an_example() -> None:
    named = {kind for path in BROKEN for kind, _ in EXPECTED.findall(path.read_bytes().decode())}
    # What is wrong with bytes, or with a name, is no text.
    assert named | {"encoding", "stray"} == {kind.value for kind in ProblemKind}


ENCODINGS = {
    "latin-1": (b"a: caf\xe9\nb: 2\n", "1:7", {"a": "caf\ufffd", "b": 2}),
    "second line, behind a wide character": ("a: é\nb: ".encode() + b"\xff", "2:4", {"a": "é", "b": "\ufffd"}),
    "UTF-8 with BOM": (b"\xef\xbb\xbfa: 1\n", "1:1", {"a": 1}),
    "UTF-16, little endian": ("\ufeffa: é\n".encode("utf-16-le"), "1:1", {"a": "é"}),
    "UTF-16, big endian": ("\ufeffa: é\n".encode("utf-16-be"), "1:1", {"a": "é"}),
    "UTF-16 without mark": ("a: é\n".encode("utf-16-le"), "1:1", {"a": "é"}),
    "UTF-16, big endian, without mark": ("a: é\n".encode("utf-16-be"), "1:1", {"a": "é"}),
    "UTF-32, little endian": ("\ufeffa: é\n".encode("utf-32-le"), "1:1", {"a": "é"}),
    "UTF-32, big endian": ("\ufeffa: é\n".encode("utf-32-be"), "1:1", {"a": "é"}),
    "UTF-32 without mark": ("a: é\n".encode("utf-32-le"), "1:1", {"a": "é"}),
    "surrogate": (b"a: \xed\xa0\x80", "1:4", {"a": "\ufffd\ufffd\ufffd"}),
    "broken text that breaks the syntax": (b"a: '\xff", "1:5", None),
}


@pytest.mark.parametrize(("content", "place", "value"), ENCODINGS.values(), ids=ENCODINGS)
def test_wrong_encoding_is_one_problem_and_the_rest_is_read(content: bytes, place: str, value: object) -> None:
    document = load(content)
    assert found(document) == [("encoding", place)]
    assert document.value == value


BOMBS = {
    "brackets": b"[" * 200_000,
    "braces": b"a: " + b"{" * 200_000,
    "lists on one line": b"- " * 200_000,
    "keys on one line": b"? " * 20_000,
    "deep indentation": b"".join(b" " * level + b"a:\n" for level in range(1000)),
    "tabs and brackets": b"# \t\na: " + b"[" * 50_000,
    "tabs and braces": b"# \t\na: " + b"{" * 50_000,
    "brackets behind text that balances them": b'a: ["]", ' * 5_000,
    "aliases doubling": b"a0: &a0 [x, x]\n"
    + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 60)),
    "aliases in a chain": b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 400)),
    "merges in a chain": b"a0: &a0 {x: 1}\n"
    + b"".join(b"a%d: &a%d {<<: *a%d}\n" % (n, n, n - 1) for n in range(1, 400)),
    "a long list as key in braces": b"# \t\na: {[" + b"1," * 50_000 + b"}",
    "escape and version numbers": b"%YAML " + b"9" * 5000 + b".1\n---\na: 1",
    "colons": b"a:" * 50_000,
    "size": b"a: " + b"x" * MAX_BYTES,
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_hostile_text_is_one_problem(content: bytes) -> None:
    document = load(content)
    assert document.value is None
    assert len(document.problems) == 1


def test_long_comment_behind_a_key_without_value_costs_no_time() -> None:
    text = b"? a\n" + b"# " * 5_000 + b"\n? b\n# \t\n"
    assert load(text).value == {"a": None, "b": None}


def test_nesting_up_to_the_limit_is_read_by_both_engines() -> None:
    for prefix in (b"a: ", b"# tabs make it the pure parser's \t\na: "):
        deep = b"[" * 99 + b"]" * 99
        assert not load(prefix + deep).problems
        assert load(prefix + b"[" + deep + b"]").problems
