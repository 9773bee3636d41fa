"""Options that every command takes, before and after its name."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from functools import reduce, update_wrapper
from typing import Any, Final

import click

from revox_sync.cli.options.targets import Target, parse_targets
from revox_sync.usecases.project.settings import Settings


def _require_number(seconds: float | None) -> float | None:
    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("not a number of seconds")
    return seconds


_OPTIONS: Final = (
    click.option(
        "--project",
        "-C",
        type=click.Path(exists=True, file_okay=False),
        metavar="DIR",
        help="Folder of the project.",
    ),
    click.option("--env", "-e", "environment", metavar="NAME", help="Environment of revox-sync.yaml."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colour the output.  [default: auto]"),
    click.option("-v", "--verbose", "verbose", count=True, help="Say more, on stderr."),
    click.option("-q", "--quiet", is_flag=True, default=False, help="Say only what was asked for."),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True, max=86_400),
        callback=lambda _, __, seconds: _require_number(seconds),
        metavar="SECONDS",
        help="How long one call of the API may take, repeats included.  [default: 60]",
    ),
    click.option("--insecure-http", is_flag=True, default=False, help="Allow http:// to other machines."),
    click.option(
        "--allow-host",
        "allow_hosts",
        multiple=True,
        metavar="HOST",
        help="Allow HOST to get the key; repeatable.",
    ),
)
_NAMES: Final = ("project", "environment", "color", "verbose", "quiet", "timeout", "insecure_http", "allow_hosts")


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options to a command or group."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)


def with_options(options: Sequence[Callable[..., Any]], command: Callable[..., Any], call: Any) -> Callable[..., Any]:
    """`call` with these click options, and with the name, documentation and click parameters of the command it wraps.

    Args:
        options: in the order of --help.
        command: what `call` calls in the end.
        call: takes the options by name.
    """
    # click collects the parameters of a function from the inside out, so the last one is added first.
    return reduce(lambda decorated, option: option(decorated), reversed(options), update_wrapper(call, command))


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the common options as its first argument, `settings`; those after its name win, hosts add up."""

    def call(**arguments: Any) -> Any:
        before: dict[str, Any] = click.get_current_context().obj or {}
        hosts = (*before.get("allow_hosts", ()), *arguments["allow_hosts"])
        said = {name: arguments.pop(name) or before.get(name) for name in _NAMES}
        said |= {"allow_hosts": hosts, "world": before.get("world")}
        settings = _settings({name: value for name, value in said.items() if value})
        # Not at the top, so that `--help` does without.
        from revox_sync.usecases.project.commands import runnable_errors

        with runnable_errors(settings):
            return command(settings, **arguments)

    return with_options(_OPTIONS, command, call)


def _settings(said: dict[str, Any]) -> Settings:
    """The options that were given; the others are as `Settings` has them."""
    quiet, verbosity = said.pop("quiet", False), said.pop("verbose", 0)
    project = os.path.abspath(said.pop("project", ""))  # noqa: PTH100 - takes `..` out, as Path.absolute does not
    return Settings(project=project, verbosity=-1 if quiet else verbosity, **said)


def output_option(*formats: str) -> Callable[..., Any]:
    """`-o`, for a command that knows these formats; the first is the default."""

    def parse(_: click.Context, __: click.Parameter, values: Sequence[str]) -> list[Target]:
        return parse_targets(values or (formats[0],), formats)

    text = f"Report as {', '.join(formats)}; repeatable.  [default: {formats[0]}]"
    return click.option("-o", "outputs", multiple=True, callback=parse, metavar="FORMAT[:FILE]", help=text)
