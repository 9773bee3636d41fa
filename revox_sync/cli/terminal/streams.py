"""Standard streams that hold whatever the shell has done to them: closed, a pipe nobody reads, a full disk, ASCII."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, Any


class PatientStream:
    """A text stream that never stops the program: what cannot be written is dropped.

    Args:
        stream: where text goes.

    Attributes:
        failure: why text was dropped, None while nothing was; a reader that has gone is no failure.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.failure: str | None = None

    def write(self, text: str) -> int:
        """Write text, or drop it."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Send what is waiting, or drop it."""
        self._try(self._stream.flush)

    def _try(self, act: Any) -> None:
        try:
            act()
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failure = error.strerror
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> PatientStream:
    """Make stdin, stdout and stderr usable, and return stdout."""
    sys.stdin = sys.stdin or _nowhere("r")
    patient = [_patient(stream) for stream in (sys.stdout, sys.stderr)]
    sys.stdout, sys.stderr = patient
    return patient[0]


def _patient(stream: IO[str] | None) -> PatientStream:
    if stream is None:
        stream = _nowhere("w")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return PatientStream(stream)


def _nowhere(mode: str) -> IO[str]:
    """A stream in place of one that the shell has closed; open as long as the process."""
    return os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8")
