"""The options of the commands that plan and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import click

from revox_sync.cli.options.common import PLANNING, with_options
from revox_sync.errors import UsageError
from revox_sync.remote.http.adaptive_limit import MOST_AT_ONCE
from revox_sync.sync.model.plan import DriftRule, OnDrift, PlanOptions
from revox_sync.values.did_you_mean import did_you_mean

_CHOICES: Final = tuple(choice.value for choice in OnDrift)
_PLANNING_OPTIONS: Final = (
    click.option("--prune", is_flag=True, help="Delete the assistants whose file is gone; of those that are named."),
    click.option(
        "--max-deletes",
        type=click.IntRange(min=0),
        metavar="N",
        help="Most assistants to delete or create again.  [default: `safety.max_deletes`, else 0]",
    ),
    click.option(
        "--on-drift",
        multiple=True,
        metavar="[ADDRESS=]CHOICE",
        help=f"What to do about edits made outside the files: {', '.join(_CHOICES)}. Repeatable; a later one wins, "
        "for the addresses it matches.  [default: fail]",
    ),
    click.option("--recreate", is_flag=True, help="Create assistants again that were deleted outside."),
    click.option(
        "--even-if-used",
        multiple=True,
        metavar="ADDRESS",
        help="Delete, recreate or retype these assistants although a number or a campaign uses them; repeatable.",
    ),
    click.option("--resend-secrets", is_flag=True, help="Send secrets that cannot be compared."),
)
_SNAPSHOT_SUFFIX: Final = ".json"
_SNAPSHOT_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_SNAPSHOT_OPTIONS: Final = (
    click.option(
        "--remote-snapshot", type=_SNAPSHOT_FILE, metavar="FILE", help="Plan from a snapshot: no network, no key."
    ),
    click.option(
        "--save-snapshot", type=_SNAPSHOT_FILE, metavar="FILE", help="Write what the API answered, secrets removed."
    ),
)


def planning_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the planning options as `options`."""

    def call(
        *,
        prune: bool,
        max_deletes: int | None,
        on_drift: tuple[str, ...],
        recreate: bool,
        resend_secrets: bool,
        even_if_used: tuple[str, ...],
        **arguments: Any,
    ) -> Any:
        default, rules = drift_rules(on_drift)
        options = PlanOptions(default, recreate, resend_secrets, prune, max_deletes, rules, even_if_used)
        return command(options=options, **arguments)

    return with_options(_PLANNING_OPTIONS, command, call, section=PLANNING)


def drift_rules(written: Iterable[str]) -> tuple[OnDrift, tuple[DriftRule, ...]]:
    """The choice for every assistant and the rules for some, from values such as `keep` and `sales/*=revert`.

    Raises UsageError for anything else.
    """
    default, rules = OnDrift.FAIL, list[DriftRule]()
    for value in written:
        pattern, equals, word = value.rpartition("=")
        choice = _choice(word, value)
        if equals:
            rules.append(DriftRule(pattern, choice))
        else:
            default, rules = choice, []  # a later value wins, so one for every assistant undoes all before it
    return default, tuple(rules)


def snapshot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--remote-snapshot` and `--save-snapshot`; a command line has only one of them."""

    def call(*, remote_snapshot: Path | None, save_snapshot: Path | None, **arguments: Any) -> Any:
        if remote_snapshot is not None and save_snapshot is not None:
            raise UsageError("--remote-snapshot and --save-snapshot exclude each other", hint="a snapshot is copied")
        if save_snapshot is not None and save_snapshot.suffix != _SNAPSHOT_SUFFIX:
            hint = f"--save-snapshot {save_snapshot.name}{_SNAPSHOT_SUFFIX}"
            raise UsageError(f"`{save_snapshot}`: the name of a snapshot ends in {_SNAPSHOT_SUFFIX}", hint=hint)
        return command(remote_snapshot=remote_snapshot, save_snapshot=save_snapshot, **arguments)

    return with_options(_SNAPSHOT_OPTIONS, command, call, section=PLANNING)


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--parallelism` and `--lock-timeout`."""
    parallelism = click.option(
        "--parallelism",
        type=click.IntRange(1, MOST_AT_ONCE),
        default=8,
        show_default=True,
        metavar="N",
        help=f"Requests at once, at most {MOST_AT_ONCE}.",
    )
    lock_timeout = click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0, max=86_400),
        default=0.0,
        metavar="SECONDS",
        help="How long to wait for another apply of this environment on this machine.  [default: 0]",
    )
    return parallelism(lock_timeout(command))


def _choice(word: str, written: str) -> OnDrift:
    if word in _CHOICES:
        return OnDrift(word)
    raise UsageError(
        f"--on-drift {written}: `{word}` is none of {', '.join(_CHOICES)}",
        hint=did_you_mean(word, _CHOICES) or "--on-drift revert, or for some of them --on-drift 'sales/*=revert'",
    )
