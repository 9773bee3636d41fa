"""The tool that changes the write path and sees whether a test fails (`make mutants`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.checkout import ROOT
from tools.mutants.mutations import mutants
from tools.mutants.survivors import reasons
from tools.mutants.targets import TARGETS

# A statement or two; what becomes of it, one change at a time.
MUTATIONS = [
    ("sync(f)", ["sync(f) -> pass"]),
    ("raise Error()", ["raise Error() -> pass"]),
    ("self.x = y", ["self.x = y -> pass"]),
    ("x = y", []),
    ("x = f(x)", ["x = f(x) -> pass"]),
    ("import x", []),
    ("if TYPE_CHECKING:\n  import x", []),
    ("if x: f()", ["if x: -> if not x:", "f() -> pass"]),
    ("X: TypeAlias = int", []),
    ("X = TypeVar('X')", []),
    ("try:\n  f()\nexcept E:\n  x = y", ["f() -> pass", "except E: x = y -> except E: raise"]),
    ("try:\n  f()\nexcept E:\n  raise", ["f() -> pass", "raise -> pass"]),
    ("with suppress(E): f()", ["suppress(E) -> suppress()", "f() -> pass"]),
    ("def f(): return x", ["return x -> return None"]),
    ("def f(): return None", []),
    ("def f(): return False", ["False -> True"]),
    ("if f(x): g()", ["if f(x): -> if not f(x):", "g() -> pass"]),
    ("x = a if a < b else c", ["a < b -> a <= b"]),
    ("x = a and not b", ["a and (not b) -> a or not b", "a and (not b) -> not b", "a and (not b) -> a", "not b -> b"]),
    ("x = a is None", ["a is None -> a is not None"]),
    ("x = a - b", ["a - b -> a + b"]),
    ("x = f(a, key=b)", ["key=b -> (nothing)"]),
    ("x = zip(a, b, strict=False)", ["False -> True"]),
    ("x = zip(a, b, strict=True)", ["strict=True -> (nothing)", "True -> False"]),
    ("x = {a, b}", ["a -> (nothing)", "b -> (nothing)"]),
    ("a, b = c, d", []),
    ("x: dict[str, int] = {**a, **b}", ["{**a, **b} -> {**b}", "{**a, **b} -> {**a}"]),
    ("x = [a for a in b if c]", ["c -> (nothing)"]),
    ("x = any(a)", ["any(a) -> all(a)"]),
    ("x = 8", ["8 -> 9"]),
    ("x = True", ["True -> False"]),
    ("x = 'end'", ["'end' -> 'xend'"]),
    ("x = 'a message'", []),
    ("x = a[:n]", ["a[:n] -> a[:]"]),
    ("def f(a=1): return a", ["return a -> return None", "1 -> 2"]),
    ("class A:\n  'doc'\n  @property\n  def b(self): f()", ["f() -> pass"]),
]


@pytest.mark.parametrize(("code", "changes"), MUTATIONS)
def test_what_is_changed(code: str, changes: list[str]) -> None:
    found = list(mutants(code))
    shown = [f"{mutant.before} -> {mutant.after}" for mutant in found]
    assert sorted(shown) == sorted(changes)
    for mutant in found:
        compile(mutant.tree(code), "mutant", "exec")


def test_every_case_may_go() -> None:
    code = "match x:\n  case A() if b: f()\n  case _: g()"
    names = [mutant.name.lstrip(": ") for mutant in mutants(code)]
    assert "match _: case A() if b: -> (nothing)" in names
    assert "match _: case A() if b: -> match _: case A():" in names


def test_what_a_function_keeps_is_known() -> None:
    code = "class A:\n  @lru_cache(3)\n  def b(self): return c\n  def d(self): return e"
    assert [mutant.is_remembered for mutant in mutants(code)] == [True, False]


@pytest.mark.parametrize("subject", TARGETS)
def test_every_subject_has_its_modules_and_its_tests(subject: str) -> None:
    target = TARGETS[subject]
    for module in target.modules:
        assert (ROOT / "revox_sync" / f"{module}.py").is_file()
    for path in target.tests:
        assert (ROOT / "tests" / path).is_file()


def test_every_listed_survivor_is_a_mutant() -> None:
    """Otherwise the code has changed, and its reason with it."""
    listed = reasons()
    for module in {module for module, _ in listed}:
        names = {mutant.name for mutant in mutants((ROOT / "revox_sync" / f"{module}.py").read_text("utf-8"))}
        assert {name for where, name in listed if where == module} - names == set()
    assert all(reason.strip() for reason in listed.values())


MODULE = """
def kept(number):
    if number > 3:
        return "much"
    return "little"


def loose(number):
    return number


def idle():
    return 1
"""
TESTS = """
import subprocess, sys

from revox_sync.small import kept, loose


def test_kept():
    code = "from revox_sync.small import kept; print(kept(4))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == kept(4) == "much"


def test_loose():
    loose(1)
"""
TRY = """
from pathlib import Path
from tools.mutants.mutations import mutants
from tools.mutants.trial import Candidate, Trial, run_trials

trial = Trial(Path.cwd(), ["small"], ["tests/test_small.py"])
found = [Candidate("small", each) for each in mutants(trial.path("small").read_text())]
for candidate, verdict in run_trials(trial, found, 2):
    print(candidate.mutant.line, candidate.mutant.before, verdict)
"""


@pytest.mark.slow
def test_a_mutant_is_tried_with_the_tests_that_run_it(tmp_path: Path) -> None:
    for path, text in (("revox_sync/small.py", MODULE), ("tests/test_small.py", TESTS)):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(dedent(text), "utf-8")
    for package in ("revox_sync", "tests"):
        (tmp_path / package / "__init__.py").touch()
    before = (tmp_path / "revox_sync/small.py").read_bytes()
    command = [sys.executable, "-c", f"import sys; sys.path.append({str(ROOT)!r})\n{TRY}"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sorted(ran.stdout.splitlines()) == sorted(
        [
            "9 return number survived",
            "13 1 run by no test",
            "13 return 1 run by no test",
            "3 3 killed",
            "3 number > 3 survived",
            "4 'much' killed",
            "4 return 'much' killed",
            "5 'little' run by no test",
            "5 return 'little' run by no test",
        ]
    )
    assert (tmp_path / "revox_sync/small.py").read_bytes() == before
