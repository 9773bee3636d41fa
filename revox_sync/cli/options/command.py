"""A command with its page of help, as wide as the terminal, and with our own answers to what it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NoReturn

import click

from revox_sync.errors import UsageError

SECTION: Final = "section"
"""Attribute of a click option: the heading it stands below in --help."""
_OWN_SECTION: Final = "Options"
_LAST_SECTIONS: Final = ("Planning", "Report", "Connection", "Global options")
"""Headings behind those of a command's own options, in this order."""
_WIDEST: Final = 10_000
"""Columns: click stops at 80 unless it is told otherwise."""
_EVERYWHERE: Final = frozenset({"help", "version", "project", "env", "color", "verbose", "quiet", "timeout"})

Example = tuple[str, str]
"""A command line and what it is for."""


class HelpfulCommand(click.Command):
    """A command that knows examples of itself, shows its options in groups, and answers what it does not know.

    Args:
        examples: shown in --help; each command line works.
        notes: whole lines shown at the end, such as a legend.
    """

    def __init__(self, name: str | None, *, examples: Sequence[Example] = (), notes: str = "", **options: Any) -> None:
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": _WIDEST}
        super().__init__(name, context_settings=settings, **options)
        self.examples: Final = tuple(examples)
        self.notes: Final = notes

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options below their headings, then examples and notes."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            # Newer versions of click list arguments, too.
            if record is not None and isinstance(parameter, click.Option):
                default = _LAST_SECTIONS[-1] if parameter.name == "help" else _OWN_SECTION
                sections.setdefault(getattr(parameter, SECTION, default), []).append(record)
        for heading in sorted(sections, key=_section_order):
            with formatter.section(heading):
                formatter.write_dl(sections[heading])
        self.format_notes(formatter)

    def format_notes(self, formatter: click.HelpFormatter) -> None:
        """Examples and notes."""
        if self.examples:
            with formatter.section("Examples"):
                for line, text in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")
                    formatter.indent()
                    formatter.indent()
                    formatter.write_text(text)
                    formatter.dedent()
                    formatter.dedent()
        if self.notes:
            formatter.write_paragraph()
            formatter.write(self.notes)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but what is nearly an option is answered in our words.

        Raises UsageError for an option that does not exist, one with a dash too few, or one whose value is empty.
        """
        known = {name: parameter for parameter in self.get_params(ctx) for name in parameter.opts}
        for word in _options_in(args, known, interspersed=ctx.allow_interspersed_args):
            _require_two_dashes(word, ctx, known)
        _require_values(args, ctx, known)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            _refuse(error.option_name, ctx, known)


def helpful_command(name: str, *examples: Example, notes: str = "") -> Callable[[Callable[..., Any]], HelpfulCommand]:
    """`click.command` for a command of ours."""
    return click.command(name, cls=HelpfulCommand, examples=examples, notes=notes)


def in_section(heading: str, option: click.Option) -> click.Option:
    """The option, put below a heading in --help."""
    setattr(option, SECTION, heading)
    return option


def _section_order(heading: str) -> int:
    return _LAST_SECTIONS.index(heading) + 1 if heading in _LAST_SECTIONS else 0


def _options_in(words: Sequence[str], known: dict[str, click.Parameter], *, interspersed: bool) -> Iterator[str]:
    """The words of a command line that are read as options.

    Args:
        interspersed: whether there may be options behind the first other word.
    """
    rest = iter(words)
    for word in rest:
        if word == "--" or not (interspersed or word.startswith("-")):
            return
        if word.startswith("-") and word != "-":
            yield word
            option = known.get(word)
            if isinstance(option, click.Option) and not option.is_flag and not option.count:
                next(rest, None)


def _require_values(words: Sequence[str], ctx: click.Context, known: dict[str, click.Parameter]) -> None:
    """Raises UsageError for `--env ""` and `--env=`.

    In a script that is a variable that is not set. Taken for no option at all, it would mean the default: another
    environment than the one that was meant.
    """
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        option = known.get(name)
        if word == "--" or not (ctx.allow_interspersed_args or word.startswith("-")):
            return
        if not isinstance(option, click.Option) or option.is_flag or option.count:
            continue
        if not (value if equals else next(rest, name)):
            raise UsageError(
                f"`{name}` has an empty value", hint=f"name one, or leave {name} out; {ctx.command_path} --help"
            )


def _require_two_dashes(word: str, ctx: click.Context, known: dict[str, click.Parameter]) -> None:
    """Raises UsageError for `-out`, `-target=a` and the like, which click would read as `-o ut`, `-t -a …`."""
    name = word[1:].partition("=")[0]
    if word.startswith("--") or len(name) < 2:
        short = known.get(word[:2])
        if "=" in word[2:3] and isinstance(short, click.Option) and not short.is_flag:
            raise UsageError(f"`{word[:2]}` takes its value without `=`", hint=f"{ctx.command_path} {word[:2]} VALUE")
        return
    from revox_sync.cli.options.near_misses import is_word_of_others  # few command lines are wrong

    if word[:2] not in known or f"--{name}" in known or name in _EVERYWHERE or is_word_of_others(name):
        _refuse(f"-{name}", ctx, known)


def _refuse(option: str, ctx: click.Context, known: dict[str, click.Parameter]) -> NoReturn:
    from revox_sync.cli.options.near_misses import option_meant
    from revox_sync.values.did_you_mean import did_you_mean

    name, path = option.lstrip("-"), ctx.command_path
    longs = [each for each in known if each.startswith("--")]
    if f"--{name}" in longs:
        raise UsageError(f"no option `{option}`", hint=f"with two dashes: {path} --{name}")
    meant = option_meant(name, path, known)
    if meant is not None:
        raise UsageError(f"no option `{option}`", hint=meant)
    raise UsageError(f"no option `{option}`", hint=did_you_mean(option, longs) or f"{path} --help")
