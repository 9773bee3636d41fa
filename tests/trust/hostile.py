"""Projects made to do harm, as files by path, and what it is that a command line makes of them in little memory."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

from revox_sync.cli.main import run

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space a command line may use; libraries alone take a third of it."""
SECONDS: Final = 5
"""Processor time a command line may take: the machine may have other things to do."""
BIG: Final = 12_000_000
GOOD: Final = "name: A\nprompt: Hi\n"
STEERING: Final = "\\e[31m\\a\\u202e\\u2066"
NOBODY: Final = "http://127.0.0.1:9/api"
CONFIGURATION: Final = "version: 1\nenvironments: {{test: {{base_url: '{base_url}', api_key: emulator}}}}\n"
LOOP: Final = "a: &a [*a]\n"

Make = Callable[[Path], None]


def text(content: str | bytes) -> Make:
    """A file with this content."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content

    def make(path: Path) -> None:
        path.write_bytes(raw)

    return make


def link(target: str) -> Make:
    """A link to a place, inside or outside."""
    return lambda path: path.symlink_to(target)


def bomb() -> str:
    """Nine levels of nine aliases each."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return GOOD + "\n".join(lines) + "\n"


FILES: Final[Mapping[str, Make]] = {
    "alias bomb": text(bomb()),
    "bomb of merges": text("x: &x {a: 1}\n" + GOOD + "<<: [" + "*x, " * 9_000 + "*x]\n"),
    "recursive anchor": text(GOOD + LOOP),
    "deep": text("prompt: " + "[" * 100_000),
    "deep, closed": text("prompt: " + "{a: " * 20_000 + "}" * 20_000),
    "huge text": text(f"name: A\nprompt: {'x ' * 200_000}\n"),
    "huge key": text(GOOD + f"? {'k' * 500_000}\n: 1\n"),
    "huge number": text(GOOD + f"first_sentence_delay_ms: {'9' * 100_000}\n"),
    "12 MB": text(b"x" * BIG),
    "many keys": text("".join(f"k{number}: 1\n" for number in range(1_000))),
    "a finding every three characters": text("name: A\nprompt: " + "ab\u200b" * 3_000 + "\n"),
    "escapes": text('name: A\nprompt: "' + "a\\u200b" * 3_000 + '"\n'),
    "braces": text("name: A\nprompt: 'x" + "{{a} " * 15_000 + "'\n"),
    "placeholders": text("name: A\nprompt: 'x" + "{{a b}} " * 10_000 + "'\n"),
    "letters of another script": text("name: A\nprompt: 'x" + " pаy" * 10_000 + "'\n"),
    "unknown keys": text(GOOD + "".join(f"k{number}: 1\n" for number in range(1_200))),
    "unknown keys below": text(GOOD + "voice:\n" + "".join(f"  k{number}: 1\n" for number in range(1_200))),
    "one key again and again": text(GOOD + "k: 1\n" * 2_000),
    "suppressions": text(GOOD + "".join(f"k{number}: 1 # revox: ignore[RVX101] x\n" for number in range(1_000))),
    "suppressions above each other": text("# revox: ignore[RVX2] x\n" * 5_000 + GOOD),
    "lists": text(GOOD + "x: [" + "[]," * 40_000 + "]\n"),
    "aliases of a text": text(f"name: A\nx: &x {'ab ' * 200_000}\nprompt: Hi\ny: [{'*x,' * 20_000}]\n"),
    "many fixes": text(GOOD + "x: [" + "yes," * 400 + "]\n"),
    "NUL": text(GOOD + "first_sentence: a\0b\n"),
    "no UTF-8": text(b"name: \xff\xfe\xc3(\nprompt: \xed\xa0\x80\n"),
    "surrogates": text('name: "\\ud800"\nprompt: "\\udc00\\ud800"\n'),
    "steering": text(f'name: "{STEERING}"\nprompt: "{STEERING}"\n"{STEERING}": 1\n'),
    "raw steering": text("name: \x1b[31m\u202e\nprompt: \x9b31m\n"),
    "markup": text(
        'name: "|<img src=x>[a](b)@all #1 ::error::x"\nprompt: "```\\n=cmd()|x\\n---\\n"\nx: "::error::y"\n'
    ),
    "link out": link("/etc/passwd"),
    "link to itself": link("bad.yaml"),
    "link to a device": link("/dev/zero"),
    "device as text": text("name: A\nprompt: !file dev\n"),
    "pipe": os.mkfifo,
    "pipe as text": text("name: A\nprompt: !file fifo\n"),
    "absolute": text("name: A\nprompt: !file /etc/passwd\n"),
    "climbing": text("name: A\nprompt: !file ../../../../../etc/passwd\nvoice: !include ../../etc/passwd#/x\n"),
    "by a link": text("name: A\nprompt: !file out/passwd\n"),
    "loop": text("name: A\nprompt: Hi\nvoice: !include bad.yaml\n"),
    "pointer": text(f"name: A\nprompt: !include other.txt#/{'~' * 100_000}\n"),
    "steering path": text(f'name: A\nprompt: !file "{STEERING}"\n'),
    "tag": text("name: A\nprompt: !!python/object/apply:os.system ['x']\n"),
}
"""What `assistants/bad.yaml` may be."""

DOCUMENTS: Final[Mapping[str, Make]] = {
    "deep": text('{"format": "revox-sync/%s", "version": 1, "x": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "deep mapping": text('{"a": ' * 60_000 + "1" + "}" * 60_000),
    "huge number": text('{"format": "revox-sync/%s", "version": ' + "9" * 4_000 + "}"),
    "endless number": text('{"format": "revox-sync/%s", "version": ' + "9" * 400_000 + "}"),
    "huge float": text('{"format": "revox-sync/%s", "version": 1e999}'),
    "huge version": text('{"format": "revox-sync/%s", "version": "' + "v" * 1_000_000 + '"}'),
    "twice": text('{"format": "revox-sync/%s", "format": "x", "version": 1}'),
    "steering": text('{"format": "revox-sync/%s", "version": "\\u001b[31m\\u202e\\u0000"}'),
    "surrogate": text('{"format": "revox-sync/%s", "version": 1, "\\ud800": "\\ud800"}'),
    "NUL in a path": text('{"version": 1, "assistants": "a\\u0000b"}'),
    "12 MB": text('{"x": "' + "x" * BIG + '"}'),
    "12 MB of lists": text('{"format": "revox-sync/%s", "version": 1, "x": [' + "[]," * (BIG // 3) + "[]]}"),
    "no UTF-8": text(b"\xff\xfe\xed\xa0\x80"),
    "device": link("/dev/zero"),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
}
"""What files of ours may be; `%s` stands for their kind."""
READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan.json": ("show plan.json", "apply plan.json"),
    "snapshot.json": ("plan --remote-snapshot snapshot.json", "restore snapshot.json"),
    "revox-sync.yaml": ("lint", "plan"),
    ".revox/local/test.lock.json": ("plan", "status", "pull --check", "forget good", "apply --auto-approve"),
    ".revox/local/test.journal.jsonl": ("plan", "status", "forget good", "apply --auto-approve"),
}


def project(root: Path, base_url: str = NOBODY) -> Path:
    """A healthy project, and things beside its files that a bad one may name."""
    folder = root / "assistants"
    folder.mkdir(parents=True)
    (root / "revox-sync.yaml").write_text(CONFIGURATION.format(base_url=base_url), "utf-8")
    (folder / "good.yaml").write_text(GOOD.replace("A", "B"), "utf-8")
    (folder / "other.txt").write_text("x: 1\n", "utf-8")
    (folder / "dev").symlink_to("/dev/zero")
    (folder / "out").symlink_to("/etc")
    os.mkfifo(folder / "fifo")
    return root


def serve() -> None:
    """Read command lines, one JSON list a line; answer each with code and output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(_ran(json.loads(line))) + "\n")
        answers.flush()


def _ran(arguments: list[str]) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # nobody catches it: the process ends, and with it the test
    signal.alarm(20 * SECONDS)  # one that waits for ever takes no processor time
    with redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    serve()
