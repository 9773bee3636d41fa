"""The `.env` file of a project: values of environment variables for whoever works on this machine.

It holds secrets, so it is read only where git does not have it, and by no command that looks at what others wrote.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from revox_sync.errors import ConfigError, UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.tree import TreeError, read_regular

ENV_FILE: Final = ".env"
_NEWLINE: Final = "\n"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What decides where the key goes, and who may listen: that is said where the command is started, not in a file that
# lies in the project.
_NEVER: Final = re.compile(
    r"REVOX_BASE_URL|REVOX_SYNC_\w*|(?:HTTPS?|ALL|NO|FTP)_PROXY|SSL_\w*|(?:REQUESTS|CURL)_CA_BUNDLE", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a `.env` file gives.

    Attributes:
        values: by name of the variable; never shown.
        notes: what is there and was not taken, for people.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


def read_env_file(root: Path) -> EnvFile:
    """The values in a project's `.env`; none where there is no such file, or where git tracks it.

    Values are taken as they are written: nothing is interpolated.

    Raises ConfigError for a line that is none of `NAME=value`; the line is not quoted, because it may hold a secret.
    """
    path = root / ENV_FILE
    if not path.is_symlink() and not path.exists():
        return EnvFile()
    reason, warning = _git_about(root)
    if reason:
        return EnvFile(notes=(f"{ENV_FILE} is not read: {reason}",))
    try:
        text = read_regular(str(path)).decode("utf-8-sig")
    except TreeError as error:
        return EnvFile(notes=(f"{ENV_FILE} is not read: it {error.reason}",))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"`{path}` cannot be read: {why}") from None
    values = _parsed(text, path)
    refused = sorted(name for name in values if _NEVER.fullmatch(name))
    notes = [warning] if warning else []
    if refused:
        listed = ", ".join(f"`{name}`" for name in refused)
        verb, what = ("are", "them") if len(refused) > 1 else ("is", "it")
        notes.append(f"{ENV_FILE}: {listed} {verb} not read from a file; set {what} in the environment")
    return EnvFile({name: value for name, value in values.items() if name not in refused}, tuple(notes))


def _git_about(root: Path) -> tuple[str, str]:
    """Why the file must not be read, and what is to be said about it; each may be empty."""
    try:
        git = Git(root)
    except UsageError:
        inside = any((folder / ".git").exists() for folder in (root, *root.parents))
        return ("git cannot say whether the repository has it" if inside else "", "")
    if git.ask("ls-files", "--error-unmatch", "--", ENV_FILE) is not None:
        return f"git tracks it, so others have its secrets; `git rm --cached {ENV_FILE}` and new secrets mend that", ""
    if git.ask("check-ignore", "--quiet", "--", ENV_FILE) is None:
        return "", f"git does not ignore {ENV_FILE}, which holds secrets: add a line `{ENV_FILE}` to .gitignore"
    return "", ""


def _parsed(text: str, path: Path) -> dict[str, str]:
    from dotenv.parser import parse_stream  # few projects have such a file

    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and not _NAME.fullmatch(binding.key)):
            # The parser counts empty lines before a statement to it.
            text, first = binding.original.string, binding.original.line
            where = f"`{path}`, line {first + text.partition(text.strip())[0].count(_NEWLINE)}"
            raise ConfigError(f"{where}: this is no variable", hint="write NAME=value, or # and a comment")
        # A name without `=` sets nothing.
        if binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values
