from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MAX_BYTES, DiskTree, MemoryTree
from revox_sync.source.model.problem import Problem
from revox_sync.source.model.value import Deferred, Value
from revox_sync.values.secret import Secret

VARIABLES: dict[str, Value] = {
    "host": "h.example.com",
    "port": 80,
    "on": True,
    "none": None,
    "half": 0.5,
    "list": [1, 2],
    "token": Secret("s3cret", "TOKEN"),
    "unset": Secret(None, "UNSET"),
}


def load(files: dict[str, bytes | str], variables: dict[str, Value] | None = None, **environ: str) -> Document:
    return Loader(MemoryTree(files), variables=variables, environ=environ or None).load("a/main.yaml")


def entry(text: str, **files: str) -> tuple[Value, tuple[Problem, ...]]:
    document = load(
        {"a/main.yaml": f"x: {text}\n", **{f"a/{name}.yaml": body for name, body in files.items()}}, VARIABLES
    )
    assert isinstance(document.value, dict)
    return document.value["x"], document.problems


def position(document: Document, problem: Problem) -> tuple[str, tuple[int, int]]:
    return problem.place.path, document.sources[problem.place.path].position(problem.place.start)


def test_file_is_text_with_unix_line_breaks() -> None:
    document = load({"a/main.yaml": "x: !file ../p/q.md\n", "p/q.md": b"\r\n one\r\n\ttwo: 1\n\n"})
    assert document.value == {"x": "\n one\n\ttwo: 1\n\n"}
    assert not document.problems
    assert set(document.sources) == {"a/main.yaml", "p/q.md"}


def test_problems_of_a_text_file_have_their_place_in_it() -> None:
    document = load({"a/main.yaml": "x: !file q.md\ny: !file r.md\n", "a/q.md": "a\nb\u200b\n", "a/r.md": b"\xff"})
    assert [(problem.kind.value, *position(document, problem)) for problem in document.problems] == [
        ("control-character", "a/q.md", (2, 2)),
        ("encoding", "a/r.md", (1, 1)),
    ]
    assert [related.place.start for problem in document.problems for related in problem.related] == [3, 17]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!include b.yaml", {"k": [1, {"m/n": "x", "~": 2}]}),
        ("!include b.yaml#", {"k": [1, {"m/n": "x", "~": 2}]}),
        ("!include b.yaml#/k/0", 1),
        ("!include b.yaml#/k/1/m~1n", "x"),
        ("!include b.yaml#/k/1/~0", 2),
        ("!include c.yaml#/k/k/0", 1),
        ("!include ./../a/b.yaml#/k/0", 1),
        ("{<<: !include b.yaml, y: 1}", {"y": 1, "k": [1, {"m/n": "x", "~": 2}]}),
    ],
)
def test_include_brings_in_a_value(text: str, value: Value) -> None:
    assert entry(text, b="k: [1, {m/n: x, '~': 2}]\n", c="k: !include b.yaml\n") == (value, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!include main.yaml", "leads back to itself"),
        ("!include main.yaml#/x", "leads back to itself"),
        ("!include loop1.yaml", "leads back to itself"),
        ("!include b.yaml#/nope", "has no `nope`"),
        ("!include b.yaml#/k/9", "has no `9`"),
        ("!include b.yaml#k", "no JSON pointer"),
        ("!include empty.yaml", "is empty"),
        ("!include a\\b.yaml", "is no path"),
        ("!include C:/b.yaml", "outside the project"),
        ("!include ../../b.yaml", "outside the project"),
        ("!file /b.yaml", "outside the project"),
        ("!file nope.md", "`nope.md` does not exist"),
        ("!var nope", "variable `nope` is not set"),
        ("!var 'a b'", "needs the name of a variable"),
        ("!sub '${nope}'", "variable `nope` is not set"),
        ("!sub '${list}'", "is a list"),
        ("!sub 'x ${'", "names no variable"),
        ("!sub '${}'", "names no variable"),
        ("!sub [x]", "needs a text"),
        ("!env 1x", "needs the name of an environment variable"),
        ("!include", "needs a path"),
    ],
)
def test_unresolved_reference_is_one_problem_and_no_value(text: str, message: str) -> None:
    files = {"b": "k: [1]\n", "empty": "", "loop1": "!include loop2.yaml", "loop2": "!include loop1.yaml"}
    _, problems = entry(text, **files)
    assert [problem.kind.value for problem in problems] == ["unresolved"]
    assert message in problems[0].message


@pytest.mark.parametrize(
    "text",
    [
        "defaults: !include main.yaml#/defaults\n",
        "defaults: {a: !include main.yaml#/defaults}\n",
        "a: !include main.yaml#/b\nb: !include main.yaml#/a\n",
    ],
)
def test_places_can_be_looked_up_where_includes_go_in_a_circle(text: str) -> None:
    document = Loader(MemoryTree({"main.yaml": text}), variables=None, environ=None).load("main.yaml")
    assert document.problems
    assert document.locate(("defaults", "a", "a", "a")).place.path == "main.yaml"
    assert document.locate(("a", "b")).place.path == "main.yaml"
    assert list(document.nodes.walk())


def test_near_names_are_suggested() -> None:
    assert entry("!var hots")[1][0].label == "did you mean `host`?"
    assert entry("!inclde b.yaml")[1][0].label == "did you mean `!include`?"


def test_problem_in_an_included_file_names_all_tags_that_lead_there() -> None:
    document = load({
        "a/main.yaml": "x: !include sub/b.yaml\ny: !include sub/b.yaml\n",
        "a/sub/b.yaml": "k:\n  !include c.yaml\n",
        "a/sub/c.yaml": "m: 1\nm: 2\n",
    })  # fmt: skip
    assert document.value == {"x": {"k": {"m": 1}}, "y": {"k": {"m": 1}}}
    (problem,) = document.problems
    assert position(document, problem) == ("a/sub/c.yaml", (2, 1))
    assert [(related.message, related.place.path, related.place.start) for related in problem.related] == [
        ("first set here", "a/sub/c.yaml", 0),
        ("included from here", "a/sub/b.yaml", 5),
        ("included from here", "a/main.yaml", 3),
    ]


def test_broken_include_does_not_hide_the_rest() -> None:
    document = load({"a/main.yaml": "x: !include b.yaml\ny: 1\ny: 2\n", "a/b.yaml": "k: @\n"})
    assert document.value == {"x": Deferred(), "y": 1}
    assert [problem.kind.value for problem in document.problems] == ["duplicate-key", "syntax"]


def chain(length: int) -> dict[str, bytes | str]:
    files: dict[str, bytes | str] = {f"a/{n}.yaml": f"k: !include {n + 1}.yaml\n" for n in range(length)}
    return {**files, "a/main.yaml": "x: !include 0.yaml\n", f"a/{length}.yaml": "k: 1\n"}


def wide(length: int) -> dict[str, bytes | str]:
    """Ten includes of the next file in each: ten to the power of `length` values."""
    files: dict[str, bytes | str] = {
        f"a/{n}.yaml": "".join(f"k{i}: !include {n + 1}.yaml\n" for i in range(10)) for n in range(length)
    }
    return {**files, "a/main.yaml": "x: !include 0.yaml\n", f"a/{length}.yaml": "k: 1\n"}


HOSTILE: dict[str, dict[str, bytes | str]] = {
    "long chain of files": chain(100),
    "long chain inside one file": {
        "a/main.yaml": "".join(f"k{n}: !include main.yaml#/k{n + 1}\n" for n in range(2000)) + "k2000: 1\n"
    },
    "one large text many times": {
        "a/main.yaml": "".join(f"k{n}: !file t\n" for n in range(50)), "a/t": "x" * (MAX_BYTES - 1)
    },
    "aliases behind many includes": {
        "a/main.yaml": "".join(f"k{n}: !include b.yaml\n" for n in range(50)),
        "a/b.yaml": "- &a [" + "x," * 100 + "]\n- [" + "*a," * 100 + "]\n",
    },
    "deep file inside deep file": {
        "a/main.yaml": "x: " + "[" * 60 + "!include b.yaml" + "]" * 60, "a/b.yaml": "[" * 60 + "]" * 60
    },
}  # fmt: skip


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_hostile_includes_end_in_a_problem(files: dict[str, bytes | str]) -> None:
    assert load(files).problems


def test_includes_that_multiply_end_in_a_problem() -> None:
    document = load(wide(7))
    assert "includes more than" in document.problems[0].message


def test_links_out_of_the_project_are_refused_and_not_shown(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("hidden: 1", "utf-8")
    (root / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "a.yaml").write_text("x: !file link.yaml\ny: !include link.yaml\n", "utf-8")
    loader = Loader(DiskTree(root), variables=None, environ=None)
    for path in ("a.yaml", "link.yaml"):
        document = loader.load(path)
        assert all("outside the project" in problem.message for problem in document.problems)
        assert document.problems
        assert "hidden" not in repr(document) + "".join(source.text for source in document.sources.values())


def test_variables_of_any_kind() -> None:
    assert entry("!var host")[0] == "h.example.com"
    assert entry("!var list")[0] == [1, 2]
    assert (
        entry("!sub 'https://${host}:${port}/${on}/${none}/${half}$${x}$'")[0]
        == "https://h.example.com:80/true/null/0.5${x}$"
    )
    assert entry("!sub plain")[0] == "plain"


def test_without_variables_values_are_deferred_and_templates_still_checked() -> None:
    document = load({"a/main.yaml": "x: !var host\ny: !sub '${host}'\nz: !sub '${'\n"})
    assert document.value == {"x": Deferred(), "y": Deferred(), "z": Deferred()}
    assert [problem.place.start for problem in document.problems] == [34]
    assert document.uses_variables
    assert not document.uses_secrets


def test_text_made_with_a_secret_is_a_secret() -> None:
    value, _ = entry("!sub 'Bearer ${token} ${host}'")
    assert isinstance(value, Secret)
    assert value.reveal() == "Bearer s3cret h.example.com"
    unknown, _ = entry("!sub '${token} ${unset}'")
    assert unknown == Secret(None, "UNSET")


def test_environment_is_not_read_unless_given() -> None:
    text = "x: !env HOME\n"
    document = load({"a/main.yaml": text})
    assert document.value == {"x": Secret(None, "HOME")}
    assert document.missing_env == ()
    assert document.uses_secrets
    assert not document.uses_variables


def test_unset_variables_are_collected_with_their_places() -> None:
    text = "x: !env ONE\ny: !env TWO\nz: !env EMPTY\nu: !var unset\n"
    document = load({"a/main.yaml": text}, VARIABLES, ONE="1", EMPTY="")
    assert isinstance(document.value, dict)
    assert document.value["x"] == Secret("1", "ONE")
    assert document.value["y"] == Secret(None, "TWO")
    assert [(name, place.start) for name, place in document.missing_env] == [("TWO", 15), ("EMPTY", 27), ("UNSET", 41)]
    assert not document.problems


def test_merge_keys() -> None:
    text = "base: &b {p: 1, q: 2}\nother: &o {q: 3, r: 4}\nx: {q: 9, <<: *b}\ny: {<<: [*b, *o]}\nz: {<<: *b, <<: *o}\n"
    document = load({"a/main.yaml": text})
    assert not document.problems
    assert isinstance(document.value, dict)
    assert document.value["x"] == {"q": 9, "p": 1}
    assert document.value["y"] == {"p": 1, "q": 2, "r": 4}
    assert document.value["z"] == {"p": 1, "q": 2, "r": 4}


def test_aliases_are_separate_values() -> None:
    document = load({"a/main.yaml": "x: &x [1]\ny: *x\n"})
    assert isinstance(document.value, dict)
    assert document.value["x"] == document.value["y"]
    assert document.value["x"] is not document.value["y"]


def test_first_of_two_equal_keys_counts() -> None:
    document = load({"a/main.yaml": "x: 1\nx: !file nope\n"})
    assert document.value == {"x": 1}
    assert [problem.kind.value for problem in document.problems] == ["duplicate-key"]
