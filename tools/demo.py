"""Plan and apply the demo project on the local emulator: `make demo`.

Needs no account and no key. It works on a copy, keeps the emulator's content in memory and leaves nothing behind.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# The console script of the environment this runs in, whatever PATH says.
COMMAND = str(Path(sys.executable).parent / "revox-sync")
CONFIGURED_URL = "http://127.0.0.1:8787/api"
READY = "listening on "
READY_SECONDS = 30
STOP_SECONDS = 10
STEPS = (
    ["lint"],
    ["plan"],
    ["apply", "--auto-approve"],
    ["plan", "--detailed-exitcode"],  # fails when something is left to do
)


@contextmanager
def emulator() -> Iterator[str]:
    """The base URL of an emulator that runs until the block is left. Raises SystemExit when it does not start."""
    arguments = [COMMAND, "emulate", "--port", "0"]
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            yield _base_url(process)
        finally:
            _stop(process)


def _base_url(process: subprocess.Popen[str]) -> str:
    lines: list[str] = []
    # Windows can wait for a pipe in a thread only.
    reader = threading.Thread(
        target=lambda: lines.append(process.stdout.readline() if process.stdout else ""), daemon=True
    )
    reader.start()
    reader.join(READY_SECONDS)
    if not lines:
        sys.exit(f"the emulator was not ready after {READY_SECONDS} seconds")
    line = lines[0].strip()
    if not line.startswith(READY):
        sys.exit(f"the emulator did not start; its first line is {line!r}")
    return line.removeprefix(READY)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def project_copy(base_url: str) -> Iterator[Path]:
    """A temporary copy of the demo project that talks to `base_url`."""
    with tempfile.TemporaryDirectory(prefix="revox-sync-demo-") as directory:
        root = Path(directory)
        shutil.copytree(PROJECT / "assistants", root / "assistants")
        configuration = (PROJECT / "revox-sync.yaml").read_text("utf-8")
        if CONFIGURED_URL not in configuration:
            sys.exit(f"revox-sync.yaml does not name {CONFIGURED_URL}")
        (root / "revox-sync.yaml").write_text(configuration.replace(CONFIGURED_URL, base_url), "utf-8")
        yield root


def run_steps(root: Path) -> int:
    """Run the steps in `root`, each after its echo; the exit code of the first that fails, else 0."""
    for step in STEPS:
        print("\n$ revox-sync", *step, flush=True)
        finished = subprocess.run([COMMAND, *step], cwd=root, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - our own program
        if finished.returncode:
            return finished.returncode
    return 0


def main() -> int:
    """Run the demo."""
    # A terminated demo leaves its blocks too, so that the emulator stops and the copy is removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print("Starts a Revox emulator on a free local port, then plans and applies a copy of assistants/ there.")
    print("Nothing leaves this machine, and nothing stays behind.")
    try:
        with emulator() as base_url, project_copy(base_url) as root:
            return run_steps(root)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
