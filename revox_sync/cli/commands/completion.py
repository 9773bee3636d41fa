"""`revox-sync completion`."""

from __future__ import annotations

import click

from revox_sync.cli.completion.scripts import SCRIPTS
from revox_sync.cli.options.command import helpful_command


@helpful_command(
    "completion",
    ("revox-sync completion bash > ~/.local/share/bash-completion/completions/revox-sync", "Set it up for bash."),
    ("revox-sync completion fish > ~/.config/fish/completions/revox-sync.fish", "Set it up for fish."),
    notes='For zsh, put `eval "$(revox-sync completion zsh)"` at the end of ~/.zshrc.\n',
)
@click.argument("shell", type=click.Choice(tuple(SCRIPTS)))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options, addresses, environments, rules, formats and saved plans."""
    click.echo(SCRIPTS[shell], nl=False)
