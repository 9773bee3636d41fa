"""What one call of `revox-sync lint` asks for."""

from collections.abc import Sequence
from typing import Any

from revox_sync.errors import UsageError
from revox_sync.values.named_tuple import NamedTuple


class LintRequest(NamedTuple):
    """The options of lint.

    Attributes:
        select: codes, prefixes or names; empty: as configured.
        ignore: the same, not to run.
        fail_on: exit with 1 from this severity on.
        fix: apply safe fixes.
        unsafe_fixes: apply unsafe fixes, too.
        diff: show what fixes would change instead of changing it.
        add_ignore: reason of the suppressions to write; None writes none.
        online: ask the API about voices and phone numbers.
        no_cache: ignore the results of former runs.
        cache_dir: folder of these results; None is the user's cache folder.
        stdin_filename: the file whose text comes on stdin; None if all files come from the disk.
        exit_zero: exit with 0 whatever is found.
        statistics: report how many findings each rule has, and not where they are.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "error"
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    add_ignore: str | None = None
    online: bool = False
    no_cache: bool = False
    cache_dir: str | None = None
    stdin_filename: str | None = None
    exit_zero: bool = False
    statistics: bool = False

    @property
    def only_looks(self) -> bool:
        """Whether there is nothing to do but report, so that the report of a former run will do."""
        writes = self.fix or self.unsafe_fixes or self.add_ignore is not None
        return not (writes or self.online or self.no_cache or self.stdin_filename is not None)

    def validate(self, paths: Sequence[str]) -> None:
        """Raises UsageError for options that do not go together."""
        if self.stdin_filename is not None and paths:
            raise UsageError("--stdin-filename and paths do not go together", hint="name the one file to check")
        fixing = self.fix or self.unsafe_fixes
        if self.diff and not fixing:
            raise UsageError("--diff shows what fixes would change", hint="add --fix or --unsafe-fixes")
        if self.stdin_filename is not None and (self.add_ignore is not None or (fixing and not self.diff)):
            raise UsageError("a text from stdin cannot be changed in place", hint="add --diff, or name a file")
        if self.add_ignore is not None and fixing:
            raise UsageError("--add-ignore and fixes do not go together", hint="fix first, then add what is left")


def plain_request(words: Sequence[str]) -> tuple[LintRequest, list[str]] | None:
    """Request and paths of a command line of nothing but paths and flags of lint; None for any other."""
    # Commit hooks call lint like this, and importing click, which knows all options, takes longer than checking a file.
    flags = {f"--{name.replace('_', '-')}": name for name, off in LintRequest._field_defaults.items() if off is False}
    options = {word for word in words if word.startswith("-")}
    if not options <= flags.keys():
        return None
    chosen: dict[str, Any] = {flags[option]: True for option in options}
    return LintRequest(**chosen), [word for word in words if word not in options]
