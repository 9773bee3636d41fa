"""Options that every command takes, before and after its name."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from typing import Any, Final

import click

from revox_sync.cli.options.command import in_section
from revox_sync.cli.options.targets import Target, parse_targets
from revox_sync.errors import UnknownEnvironmentError
from revox_sync.usecases.project.settings import ENVIRONMENT_VARIABLE, Settings


def require_number(_: click.Context, __: click.Parameter, seconds: float | None) -> float | None:
    """The seconds of an option. Raises BadParameter for `nan`, which is in every range."""
    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("not a number of seconds")
    return seconds


def _environment_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    text = f"Environment of revox-sync.yaml.  [default: {default}]"
    return click.option("--env", "-e", "environment", metavar="NAME", help=text)


_GLOBAL: Final = "Global options"
_CONNECTION: Final = "Connection"
REPORT: Final = "Report"
PLANNING: Final = "Planning"
_OPTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "project": click.option(
        "--project",
        "-C",
        type=click.Path(exists=True, file_okay=False),
        metavar="DIR",
        help="Folder of the project.",
    ),
    "environment": _environment_option(f"{ENVIRONMENT_VARIABLE}, else `default_environment`"),
    "color": click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), help="Colour the output.  [default: auto]"
    ),
    "verbose": click.option("-v", "--verbose", "verbose", count=True, help="Say more, on stderr."),
    "quiet": click.option("-q", "--quiet", is_flag=True, default=False, help="Say only what was asked for."),
    "timeout": click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True, max=86_400),
        callback=require_number,
        metavar="SECONDS",
        help="How long one call of the API may take, repeats included.  [default: 60]",
    ),
    "insecure_http": click.option(
        "--insecure-http", is_flag=True, default=False, help="Allow http:// to other machines."
    ),
    "allow_hosts": click.option(
        "--allow-host",
        "allow_hosts",
        multiple=True,
        metavar="HOST",
        help="Allow HOST to get the key; repeatable.",
    ),
}
_SECTIONS: Final = {
    _GLOBAL: ("project", "environment", "color", "verbose", "quiet"),
    _CONNECTION: ("timeout", "insecure_http", "allow_hosts"),
}


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options to a command or group."""
    return with_options(list(_OPTIONS.values()), command, command, section=_GLOBAL)


def with_options(
    options: Sequence[Callable[..., Any]], command: Callable[..., Any], call: Any, *, section: str | None = None
) -> Callable[..., Any]:
    """`call` with these click options, and with the name, documentation and click parameters of the command it wraps.

    Args:
        options: in the order of --help.
        command: what `call` calls in the end.
        call: takes the options by name.
        section: the heading of the options in --help; None: that of the command's own.
    """
    wrapped = call if call is command else update_wrapper(call, command)
    # click collects the parameters of a function from the inside out, so the last one is added first.
    for option in reversed(options):
        wrapped = option(wrapped)
        if section is not None:
            in_section(section, wrapped.__click_params__[-1])
    decorated: Callable[..., Any] = wrapped
    return decorated


def settings_of(*names: str, reads_variable: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command some of the common options as its first argument, `settings`.

    Those after its name win over those before it, hosts add up.

    Args:
        names: of the options that it uses.
        reads_variable: whether the variable REVOX_SYNC_ENV names the environment where no option does.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            before: dict[str, Any] = click.get_current_context().obj or {}
            hosts = (*before.get("allow_hosts", ()), *arguments.get("allow_hosts", ()))
            said = {name: arguments.pop(name, None) or before.get(name) for name in _OPTIONS}
            said |= {"allow_hosts": hosts, "world": before.get("world")}
            settings = _settings({name: value for name, value in said.items() if value}, reads_variable=reads_variable)
            watch = before.get("watch")
            settings = settings._replace(activity=watch(settings) if watch is not None else None)
            # Not at the top, so that `--help` does without.
            from revox_sync.usecases.project.commands import runnable_errors

            try:
                with runnable_errors(settings):
                    return command(settings, **arguments)
            except UnknownEnvironmentError as error:
                if settings.is_preset:
                    error.message += f"; the variable {ENVIRONMENT_VARIABLE} names it"
                raise

        options = _OPTIONS if reads_variable else {**_OPTIONS, "environment": _environment_option("all of them")}
        wrapped = call
        for section, members in reversed(_SECTIONS.items()):
            chosen = [options[name] for name in members if name in names]
            wrapped = with_options(chosen, command if wrapped is call else wrapped, wrapped, section=section)
        return wrapped

    return decorate


EVERY_OPTION: Final = tuple(_OPTIONS)
with_settings: Final = settings_of(*EVERY_OPTION)
"""All common options, for a command that talks to the API."""
OUTPUT_OPTIONS: Final = ("color", "verbose", "quiet")
"""What every command uses."""


def _settings(said: dict[str, Any], *, reads_variable: bool) -> Settings:
    """The options that were given; the others are as `Settings` has them."""
    quiet, verbosity = said.pop("quiet", False), said.pop("verbose", 0)
    project = os.path.abspath(said.pop("project", ""))  # noqa: PTH100 - takes `..` out, as Path.absolute does not
    settings = Settings(project=project, verbosity=-1 if quiet else verbosity, **said)
    named = os.environ.get(ENVIRONMENT_VARIABLE) if reads_variable and settings.environment is None else None
    return settings._replace(environment=named, is_preset=True) if named else settings


def output_option(*formats: str) -> Callable[..., Any]:
    """`-o`, for a command that knows these formats; the first is the default."""

    def parse(_: click.Context, __: click.Parameter, values: Sequence[str]) -> list[Target]:
        return parse_targets(values or (formats[0],), formats)

    text = f"Report as {', '.join(formats)}; repeatable.  [default: {formats[0]}]"
    option = click.option("-o", "outputs", multiple=True, callback=parse, metavar="FORMAT[:FILE]", help=text)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        wrapped = with_options([option], command, command, section=REPORT)
        wrapped.__click_params__[-1].choices = formats  # type: ignore[attr-defined]  # for completion
        return wrapped

    return decorate
