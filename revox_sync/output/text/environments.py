"""The environments of a project for people: a paragraph for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import counted, visible
from revox_sync.output.text.wrap import wrap_text
from revox_sync.sync.model.environment_report import AccountFacts, EnvironmentFacts

_INDENT: Final = " " * 12
_NARROWEST: Final = 40


def render(environments: Sequence[EnvironmentFacts], paint: Paint, width: int) -> str:
    """Name, API, key, lock and account of each environment.

    Args:
        width: in columns.
    """
    width = max(width, _NARROWEST)
    return "\n\n".join("\n".join(_paragraph(each, paint, width)) for each in environments) + "\n"


def _paragraph(facts: EnvironmentFacts, paint: Paint, width: int) -> Iterator[str]:
    yield paint(visible(facts.name), Style.BOLD) + (f"  ({facts.chosen})" if facts.chosen else "")
    rows = [
        ("API", facts.base_url or "unknown", Style.INFO),
        ("key", _key(facts), Style.INFO if facts.key_set else Style.WARNING),
        ("contract", facts.contract or "any", Style.INFO),
        *([("lock", _lock(facts), Style.INFO)] if facts.lock else []),
        *([("variables", f"not set: {', '.join(facts.unset)}", Style.WARNING)] if facts.unset else []),
        *([("account", _account(facts.account), _account_style(facts.account))] if facts.account else []),
        *(("problem", problem, Style.ERROR) for problem in facts.problems),
    ]
    for title, text, style in rows:
        first, *more = wrap_text(text, width, f"  {title:<10}", _INDENT)
        yield first if style is Style.INFO else paint(first, style)
        yield from more


def _key(facts: EnvironmentFacts) -> str:
    if facts.key_variable is None:
        return "written in revox-sync.yaml"
    if not facts.key_set:
        return f"{facts.key_variable}, not set: set it, or write {facts.key_variable}=KEY into .env"
    return f"{facts.key_variable}, set" + (" in .env" if facts.key_source == ".env" else "")


def _lock(facts: EnvironmentFacts) -> str:
    return f"{facts.lock}, " + ("none yet" if facts.bound is None else counted(facts.bound, "assistant"))


def _account(account: AccountFacts) -> str:
    if not account.key_accepted:
        return "the API refuses the key"
    organization = f"organisation {account.organization_id or 'unknown'}"
    return f"{organization}, {counted(account.assistants or 0, 'assistant')} listed; the key is accepted"


def _account_style(account: AccountFacts) -> Style:
    return Style.INFO if account.key_accepted else Style.ERROR
