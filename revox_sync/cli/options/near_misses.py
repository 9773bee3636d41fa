"""Words of other tools, and what they are called here: a near miss is answered, and never guessed at."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

# Words of Terraform, ruff, gh, kubectl, helm and git. What a word stands for here is a whole answer, because it may be
# an option, a variable or a file.
_COMMANDS: Final = {
    "lint": "check validate verify test",
    "fmt": "format fix",
    "plan": "preview dry-run dryrun",
    "apply": "deploy push sync up upload publish",
    "pull": "export fetch download get sync-from",
    "status": "drift refresh state list ls describe",
    "apply --prune": "destroy delete rm remove prune",
    "import": "bind link adopt",
    "forget": "unbind unlink untrack",
    "mv": "move rename",
    "compare": "promote",
    "restore": "rollback undo revert",
    "emulate": "mock serve dev",
    "explain": "rule docs",
    "completion": "completions autocomplete shell-completion generate-shell-completion",
    "call": "dial phone ring try",
    "doctor": "diagnose health info bug-report probe",
    "env": "auth login whoami secrets",
}
_OPTIONS: Final = {
    "-o json": ("json",),
    "-o FORMAT": ("format", "output", "output-format", "message-format"),
    "--save FILE": ("out", "plan", "plan-file"),
    "--auto-approve": ("yes", "y", "force", "f", "assume-yes", "approve", "no-input", "input"),
    "-C DIR": ("chdir", "cwd", "dir", "directory", "config", "root", "work-tree"),
    "--env NAME": ("environment", "workspace", "stage", "profile", "context"),
    "--prune": ("destroy", "delete"),
    "--color never": ("no-color", "no-colour", "colour"),
    "-v": ("debug", "trace", "log-level"),
    "-q": ("silent",),
    "--parallelism N": ("concurrency", "jobs", "j", "workers", "p"),
    "--detailed-exitcode": ("exit-code", "detailed-exit-code"),
}
# Where no option of ours takes the place.
_ANSWERS: Final = {
    "an address is named without an option: {command} ADDRESS": ("target", "only", "include", "filter"),
    "`revox-sync status` shows what was edited outside, `revox-sync pull` takes it over": ("refresh-only", "refresh"),
    "`revox-sync plan` shows what apply would do": ("dry-run", "n", "dryrun"),
    "`revox-sync -V` prints the version": ("version",),
    "variables are the `vars` of an environment in revox-sync.yaml": ("var", "var-file", "set", "values"),
    "the key is the variable REVOX_API_KEY: on a command line others could read it": ("token", "api-key", "key"),
    "the API is `base_url` of an environment in revox-sync.yaml, or the variable REVOX_BASE_URL": (
        "base-url",
        "api-url",
        "url",
        "endpoint",
    ),
}


def command_meant(word: str, known: Collection[str]) -> str | None:
    """The command line of ours for a word that other tools use; None where there is none."""
    return next(
        (line for line, words in _COMMANDS.items() if word in words.split() and line.split()[0] in known),
        None,
    )


def option_meant(name: str, command: str, known: Collection[str]) -> str | None:
    """What to type in place of an option of other tools; None where nobody can tell.

    Args:
        name: of the option, without dashes.
        command: as it is typed, such as `revox-sync plan`.
        known: the options of that command, with dashes.
    """
    for line, names in _OPTIONS.items():
        if name in names and line.split()[0] in known:
            return f"{command} {line}"
    return next((answer.format(command=command) for answer, names in _ANSWERS.items() if name in names), None)


def is_word_of_others(name: str) -> bool:
    """Whether other tools have an option of that name."""
    return any(name in names for names in (*_OPTIONS.values(), *_ANSWERS.values()))
