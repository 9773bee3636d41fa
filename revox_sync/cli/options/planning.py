"""The options of everything that plans, and what it says beside the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from functools import reduce
from typing import Any, Final

import click

from revox_sync.cli.options.common import like
from revox_sync.errors import UsageError
from revox_sync.output.text.visible import counted
from revox_sync.sync.model.plan import DriftRule, OnDrift, PlanOptions
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.values.did_you_mean import did_you_mean

CHOICES: Final = tuple(each.value for each in OnDrift)
OPTIONS: Final = (
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
        help=f"What to do about edits made outside the files: {', '.join(CHOICES)}. Repeatable; a later one wins, "
        "for the addresses it matches.  [default: fail]",
    ),
    click.option("--recreate", is_flag=True, help="Create assistants again that were deleted outside."),
    click.option("--resend-secrets", is_flag=True, help="Send secrets that cannot be compared."),
)


def planning_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the planning options as `options`."""

    def call(  # one parameter per option
        *,
        prune: bool,
        max_deletes: int | None,
        on_drift: tuple[str, ...],
        recreate: bool,
        resend_secrets: bool,
        **arguments: Any,
    ) -> Any:
        default, rules = drift_rules(on_drift)
        options = PlanOptions(default, recreate, resend_secrets, prune, max_deletes, rules)
        return command(options=options, **arguments)

    return reduce(lambda decorated, option: option(decorated), reversed(OPTIONS), like(command, call))


def drift_rules(written: Iterable[str]) -> tuple[OnDrift, tuple[DriftRule, ...]]:
    """The choice for every assistant, and the rules that follow it, from `keep` and `sales/*=revert`.

    A later one wins, so a choice without address undoes all before it. Raises UsageError for what is no choice.
    """
    default, rules = OnDrift.FAIL, list[DriftRule]()
    for each in written:
        pattern, equals, word = each.rpartition("=")
        choice = _choice(word, each)
        if equals:
            rules.append(DriftRule(pattern, choice))
        else:
            default, rules = choice, []
    return default, tuple(rules)


def tell_unmanaged(settings: Settings, unmanaged: Sized) -> None:
    """Say on stderr how many remote assistants have no file; it is no part of a plan, which somebody may approve."""
    if unmanaged and settings.verbosity >= 0:
        say(f"note: {counted(len(unmanaged), 'remote assistant')} without a file; `revox-sync pull --new` writes files")


def _choice(word: str, written: str) -> OnDrift:
    if word in CHOICES:
        return OnDrift(word)
    raise UsageError(
        f"--on-drift {written}: `{word}` is none of {', '.join(CHOICES)}",
        hint=did_you_mean(word, CHOICES) or "--on-drift revert, or for some of them --on-drift 'sales/*=revert'",
    )
