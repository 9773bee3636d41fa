"""The cases: what is run beside what."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.corpus import path_of
from bench.emulator import Emulator, configure, creation_seconds, emulator
from bench.measure import CannotRunError, Command, environment
from revox_sync.config import CONFIG_NAME

ROOT: Final = Path(__file__).parent.parent
SCHEMA: Final = ROOT / "schemas" / "contract-0.4.schema.json"
OURS: Final = "revox-sync"
CHECK: Final = "check-jsonschema"
YAMLLINT: Final = "yamllint"
PYTHON: Final = "python -c pass"
CLEAN: Final = "revox-sync, without mistakes"
RELAXED: Final = "{extends: relaxed, rules: {line-length: disable}}"
LATENCY_MS: Final = 50
SLOW: Final = 500
"""Assistants that are planned against a slow API."""
LATENCIES_MS: Final = (100, 0, 50, 200)
_SLOWLY: Final = f"of {SLOW} that all have FAQ, {LATENCIES_MS[0]} ms a request"
SETTLED_SECONDS: Final = 2.5
"""So long after a change a file's times stand for its content."""
APPLIED: Final = 400
UNUSED_URL: Final = "http://127.0.0.1:9/api"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is.

    Attributes:
        folder: for generated files.
        ours: folder of our programs.
        peers: folder of the peers' programs.
    """

    folder: Path
    ours: Path
    peers: Path

    @property
    def program(self) -> str:
        """Our program."""
        return str(self.ours / "revox-sync")

    def project(self, count: int, *flags: str) -> Path:
        """A project of `count` files, written when it is first asked for."""
        root = self.folder / f"files-{count}{''.join(flags)}"
        return self._made("bench.corpus", root, count, *flags)

    def world(self, count: int, changed: int, *flags: str, bound: bool = True) -> Path:
        """A project with its account, made when it is first asked for."""
        root = self.folder / f"world-{count}-{changed}{''.join(flags)}"
        bind = ("--bind", self.program) if bound else ()
        return self._made("bench.world", root, count, "--changed", str(changed), *flags, *bind)

    def _made(self, module: str, root: Path, count: int, *flags: str) -> Path:
        if not root.exists():
            # In a process of its own: see `measure`.
            command = [sys.executable, "-m", module, str(root), str(count), *flags]
            subprocess.run(command, cwd=ROOT, check=True)
        return root

    def own(self, *arguments: str, folder: Path, label: str = OURS, code: int = 0) -> Command:
        """A run of our program in a project."""
        return Command(label, (self.program, *arguments), folder, code)

    def peer(self, name: str, *arguments: str, folder: Path) -> Command:
        """A run of a peer on a project's files; 1 says that it found something."""
        files = sorted(str(each.relative_to(folder)) for each in folder.glob("assistants/**/*.yaml"))
        code = 1 if "broken" in folder.name else 0
        return Command(name, (str(self.peers / name), *arguments, *files), folder, code)


@dataclass(frozen=True, slots=True)
class Case:
    """Commands that are measured in one go.

    Attributes:
        name: what selects it; its parts between hyphens do, too.
        title: the heading of its rows.
        commands: makes what it needs, gives the commands, and clears up.
        repetitions: of each command.
    """

    name: str
    title: str
    commands: Callable[[Bench], Iterator[Sequence[Command]]]
    repetitions: int = 5


def cases() -> tuple[Case, ...]:
    """Every case, the quick ones first."""
    return (
        Case("version", "`--version`", partial(_start, "--version"), 15),
        Case("help", "`--help`", partial(_start, "--help"), 15),
        Case("completion", "completion of `plan --`", _completion, 15),
        Case("lint-1", "lint 1 file, cold", _lint_one, 25),
        Case("lint-100", "lint 100 files, cold", partial(_lint, 100, ()), 7),
        Case("lint-1000", "lint 1,000 files, cold", partial(_lint, 1_000, ()), 7),
        Case("lint-1000-broken", "lint 1,000 files, each with a mistake", _lint_broken),
        Case("lint-hook", "lint 1 file after an edit, in a project of", _hook, 9),
        Case("lint-1000-warm", "lint 1,000 files, warm", _lint_warm, 15),
        Case("lint-10000", "lint 10,000 files, cold", _lint_growth, 3),
        Case("plan-50", "plan 50 against 50, 5 changed: the first command of a CI job", _plan_cold, 9),
        Case("plan-latency", f"plan {_SLOWLY}", partial(_slow, ("plan",)), 3),
        Case("status-latency", f"status {_SLOWLY}", partial(_slow, ("status",)), 3),
        Case("pull-latency", f"pull --check {_SLOWLY}", partial(_slow, ("pull", "--check")), 3),
        Case("plan-2000-faq", "plan 2,000 that all have FAQ, 20 changed", partial(_plan_one, 2_000, 20, "--faq"), 3),
        Case("plan-2000", "plan 2,000 against 2,000, 20 changed", _plan),
        Case("plan-10000", "plan 10,000 against 10,000, 100 changed", partial(_plan_one, 10_000, 100), 2),
        Case("apply-8", f"apply {APPLIED} creates at {LATENCY_MS} ms, 8 at a time", partial(_apply, 8), 5),
        Case("apply-32", f"apply {APPLIED} creates at {LATENCY_MS} ms, 32 at a time", partial(_apply, 32), 7),
        Case("pull-1000", "pull --check 1,000, 10 changed", partial(_online, 1_000, 10, ("pull", "--check")), 3),
        Case("diff-1000", "diff 1,000, 10 changed", _diff),
        Case("diff-1000-configuration", "diff 1,000, only revox-sync.yaml changed", _diff_configuration),
        Case("html-300", "HTML of 300 changes (`show`)", _html),
    )


@contextmanager
def prepared(case: Case, bench: Bench) -> Iterator[Sequence[Command]]:
    """A case's commands while the block runs. Raises CannotRunError when they cannot be prepared."""
    made = contextmanager(case.commands)(bench)
    try:
        with made as commands:
            yield commands
    except subprocess.CalledProcessError as error:
        raise CannotRunError(f"preparing failed: {error}") from None


def _start(option: str, bench: Bench) -> Iterator[Sequence[Command]]:
    yield bench.own(option, folder=bench.folder), _bare(bench)


def _bare(bench: Bench) -> Command:
    return Command(PYTHON, (str(bench.ours / "python"), "-c", "pass"), bench.folder)


def _lint_one(bench: Bench) -> Iterator[Sequence[Command]]:
    (commands,) = _lint(1, (), bench)
    yield *commands, _bare(bench)


def _lint(count: int, flags: Sequence[str], bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.project(count, *flags)
    ours = bench.own("lint", "--no-cache", folder=root, code=1 if flags else 0)
    yield ours, *_peers(bench, root)


def _peers(bench: Bench, root: Path) -> tuple[Command, Command]:
    check = bench.peer(CHECK, "--schemafile", str(SCHEMA), folder=root)
    return check, bench.peer(YAMLLINT, "-d", RELAXED, folder=root)


def _lint_warm(bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.project(1_000)
    check, _ = _peers(bench, root)
    ours = bench.own("lint", folder=root)
    yield replace(ours, variables={"XDG_CACHE_HOME": str(bench.folder / "cache")}), check


def _lint_broken(bench: Bench) -> Iterator[Sequence[Command]]:
    (commands,) = _lint(1_000, ("--broken",), bench)
    clean = bench.own("lint", "--no-cache", folder=bench.project(1_000), label=CLEAN)
    yield *commands, clean


def _hook(bench: Bench) -> Iterator[Sequence[Command]]:
    variables = {"XDG_CACHE_HOME": str(bench.folder / "cache")}
    roots = {count: bench.project(count) for count in (10, 1_000, 10_000)}
    time.sleep(SETTLED_SECONDS)
    for root in roots.values():
        subprocess.run(
            [bench.program, "lint"], cwd=root, env=environment() | variables, check=True, capture_output=True
        )
    edited = {count: path_of(root, 0) for count, root in roots.items()}
    original = {count: path.read_text("utf-8") for count, path in edited.items()}

    def edit(count: int) -> None:
        with edited[count].open("a", encoding="utf-8") as file:
            file.write("# edited again\n")

    def command(count: int, root: Path) -> Command:
        hook = bench.own("lint", str(edited[count].relative_to(root)), folder=root, label=in_project(count))
        return replace(hook, variables=variables, before=partial(edit, count))

    everything = bench.own("lint", folder=roots[10_000], label="10,000, all of it, nothing edited")
    try:
        yield *(command(*each) for each in roots.items()), replace(everything, variables=variables)
    finally:
        for count, text in original.items():
            edited[count].write_text(text, "utf-8")


def in_project(count: int) -> str:
    """The label of a hook's run."""
    return f"{count:,} files"


def _completion(bench: Bench) -> Iterator[Sequence[Command]]:
    ours = bench.own("__complete", "fish", "revox-sync", "plan", "--", folder=bench.folder)
    yield ours, _bare(bench)


def _lint_growth(bench: Bench) -> Iterator[Sequence[Command]]:
    many, few = bench.project(10_000), bench.project(1_000)
    yield (
        bench.own("lint", "--no-cache", folder=many),
        bench.own("lint", "--no-cache", folder=few, label="revox-sync, 1,000 files"),
    )


def _plan(bench: Bench) -> Iterator[Sequence[Command]]:
    many, few = bench.world(2_000, 20), bench.world(500, 5)
    with emulator(bench.program, many, _store(many)), emulator(bench.program, few, _store(few)):
        yield bench.own("plan", folder=many), bench.own("plan", folder=few, label="revox-sync, 500 against 500")


def _plan_one(count: int, changed: int, *flags_and_bench: Any) -> Iterator[Sequence[Command]]:
    *flags, bench = flags_and_bench
    root = bench.world(count, changed, *flags)
    with emulator(bench.program, root, _store(root)):
        yield (bench.own("plan", folder=root),)


def _plan_cold(bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.world(50, 5)
    with emulator(bench.program, root, _store(root)):
        yield bench.own("plan", folder=root), _bare(bench)


def _slow(arguments: Sequence[str], bench: Bench) -> Iterator[Sequence[Command]]:
    """A command against servers of one account that answer after so many milliseconds; the first row is for 100."""
    root = bench.world(SLOW, 5, "--faq")
    with ExitStack() as servers:
        commands = []
        for latency in LATENCIES_MS if arguments == ("plan",) else LATENCIES_MS[:2]:
            served = servers.enter_context(emulator(bench.program, root, _store(root), latency))
            label = OURS if latency == LATENCIES_MS[0] else at_latency(latency)
            command = bench.own(*arguments, folder=root, label=label)
            commands.append(replace(command, before=served.aim))
        yield commands


def at_latency(milliseconds: int) -> str:
    """The label of a run against a server that answers after so many milliseconds."""
    return f"revox-sync, {milliseconds} ms a request"


def _online(count: int, changed: int, arguments: Sequence[str], bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.world(count, changed)
    with emulator(bench.program, root, _store(root)):
        yield (bench.own(*arguments, folder=root),)


def _apply(parallelism: int, bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.project(APPLIED)
    store = bench.folder / "applied.sqlite3"
    served = Emulator(bench.program, root, store, LATENCY_MS)

    def forget() -> None:
        served.stop()
        for each in (*bench.folder.glob("applied.sqlite3*"), *(root / ".revox").rglob("*.json*")):
            each.unlink()
        served.start()

    def share() -> Mapping[str, float]:
        count, seconds = creation_seconds(store)
        # The first wave of answers starts the clock: it is not among those that are counted.
        return {"share": (count - parallelism) * LATENCY_MS / 1000 / parallelism / seconds}

    options = ("apply", "--auto-approve", "--parallelism", str(parallelism))
    try:
        yield (Command(OURS, (bench.program, *options), root, before=forget, after=share),)
    finally:
        served.stop()


def _diff(bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.world(1_000, 10, bound=False)
    if not (root / ".git").exists():
        _commit_unchanged(bench, root)
    yield (bench.own("diff", "HEAD", folder=root),)


def _diff_configuration(bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.world(1_000, 0, bound=False)
    if not (root / ".git").exists():
        _commit_unchanged(bench, root)
    with (root / CONFIG_NAME).open("a", encoding="utf-8") as file:
        file.write("lint: {ignore: [RVX301]}\n")
    yield (bench.own("diff", "HEAD", folder=root),)


def _commit_unchanged(bench: Bench, root: Path) -> None:
    """Commit a project as it was before its files changed."""
    original = bench.project(1_000)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false")
    folders = ("--git-dir", str(root / ".git"), "--work-tree", str(original))
    here = ("config", "--unset", "core.worktree")
    commit = (*identity, "commit", "--quiet", "-m", "before")
    for step in (("init", "--quiet"), ("add", "assistants"), commit, here):
        subprocess.run(["git", *folders, *step], env=environment(), cwd=original, check=True)
    for step in (("add", CONFIG_NAME), commit):
        subprocess.run(["git", *step], env=environment(), cwd=root, check=True)


def _html(bench: Bench) -> Iterator[Sequence[Command]]:
    root = bench.world(300, 300)
    with emulator(bench.program, root, _store(root)):
        saving = [bench.program, "-C", str(root), "plan", "--save", str(root / "plan.json")]
        subprocess.run(saving, env=environment(), check=True, capture_output=True)
    configure(root, UNUSED_URL)
    yield (bench.own("show", "plan.json", "-o", "html:plan.html", folder=root),)


def _store(root: Path) -> Path:
    return root.with_name(f"{root.name}.sqlite3")
