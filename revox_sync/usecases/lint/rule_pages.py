"""Pages of rules, made from their classes; examples are linted, so that a page shows what lint says today."""

from __future__ import annotations

from dataclasses import replace

from revox_sync.config import LintOptions
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, Example, Rule
from revox_sync.lint.registry import ALL, all_rules
from revox_sync.output.rules.page import RuleExample, RulePage, read_page
from revox_sync.output.text.visible import visible
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace


def brief_pages() -> list[RulePage]:
    """The pages of all rules, in order of code, without examples."""
    return [brief_page(rule) for rule in all_rules()]


def full_page(rule: type[Rule]) -> RulePage:
    """A rule's page with examples and what the rule finds in them."""
    return replace(
        brief_page(rule),
        invalid=tuple(_linted(example, rule) for example in rule.INVALID),
        valid=tuple(_linted(example, rule) for example in rule.VALID),
    )


def brief_page(rule: type[Rule]) -> RulePage:
    """A rule's page without examples."""
    return read_page(rule.code, rule.name, rule.severity, rule.page(), default=rule.default)


def _linted(example: Example, rule: type[Rule]) -> RuleExample:
    files = {ADDRESS_OF_EXAMPLES: example.text, **example.files}
    workspace = Workspace(MemoryTree(files))
    # Some rules are off by default.
    options = LintOptions(select=(ALL, rule.code), variables=workspace.config.lint.variables)
    environments = list(workspace.config.environments.values())
    report = lint(workspace, workspace.files, environments, options, account=example.account)
    shown = tuple((path, _lines(content)) for path, content in files.items())
    commands = (_command(path, content) for path, content in files.items() if not _can_be_copied(content))
    return RuleExample(shown, report.findings, tuple(commands))


def _can_be_copied(content: bytes | str) -> bool:
    return isinstance(content, str) and "".join(f"{line}\n" for line in _lines(content)) in {content, f"{content}\n"}


def _command(path: str, content: bytes | str) -> str:
    """The shell command that writes a file, with every byte that is not plain ASCII as an octal escape."""
    body = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    named = {"\n": r"\n", "\t": r"\t", "\\": r"\\", "%": "%%", "'": r"\047"}
    plain = (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}" for byte in body)
    text = "".join(named.get(chr(byte), character) for byte, character in zip(body, plain, strict=True))
    return f"printf '{text}' > {path}"


def _lines(content: bytes | str) -> tuple[str, ...]:
    """Lines that can be printed: odd bytes as hexadecimal escapes, what nobody would see as `<U+0009>`."""
    text = content.decode("utf-8", "backslashreplace") if isinstance(content, bytes) else content
    lines = text.replace("\t", "<U+0009>").split("\n")
    return tuple(visible(line) for line in (lines if lines[-1] else lines[:-1]))
