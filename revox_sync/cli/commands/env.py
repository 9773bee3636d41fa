"""`revox-sync env`."""

from __future__ import annotations

from functools import partial

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, EnvironmentsOutput, emit
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "env",
    ("revox-sync env", "See which environments there are, and whether their keys are set."),
    ("revox-sync env --online -e production", "Try the key of one environment."),
)
@click.option("--online", is_flag=True, help="Ask the API: organisation, key, number of assistants.")
@output_option(*REPORT_FORMATS["env"])
@with_settings
def command(settings: Settings, *, online: bool, outputs: list[Target]) -> ExitCode:
    """Show the environments: API, key variable and whether it is set, contract, lock, variables that are not set.

    No key and no secret is shown. With --online it ends with 5 where an API cannot be reached or refuses its key, and
    with 64 where a key is not set.
    """
    from revox_sync.output.json import env as env_json
    from revox_sync.output.text import environments as env_text
    from revox_sync.usecases.apply.environments import describe_environments

    environments, code = describe_environments(settings, online=online)
    output = EnvironmentsOutput(
        text=partial(env_text.render, environments),
        json=partial(env_json.render, environments),
    )
    emit("env", output, outputs, settings)
    return code
