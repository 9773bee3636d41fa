"""Text and Markdown show every token of a change, however narrow, and no token of a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.baseline.delta import Delta
from revox_sync.output.page import to_html, to_markdown, to_text
from revox_sync.output.page.from_diff import diff_page
from revox_sync.output.page.from_plan import apply_page, plan_page
from revox_sync.output.page.model import Page
from revox_sync.output.text.style import no_style
from revox_sync.output.text.visible import spelt, visible
from revox_sync.sync.comparing.field_diff import removed_changes, sent_changes
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.comparison import Comparison
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Blocked, Change, Plan, PlanOptions
from revox_sync.sync.planning.shown_change import as_sent, replaced_value
from revox_sync.values.secret import Secret

ROOM = 10_000_000
CANARY = "canary"
NODE = assistant_node()
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=30)
# What lies between words: spaces at ends, several in a row, and line breaks.
TEXTS = st.lists(
    st.one_of(WORDS, st.sampled_from([" ", "  ", "\n", "x" * 90, "the same words", "日本" * 40])), max_size=9
)
TEXT = TEXTS.map(" ".join)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), TEXT)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=8,
)
SECRETS = st.lists(WORDS, min_size=1, max_size=2).map(lambda words: Secret(f"{CANARY} {' '.join(words)}"))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "prompt": TEXT,
        "first_sentence": TEXT,
        "max_call_duration_secs": PLAIN,
        "voice": st.dictionaries(WORDS, VALUES, max_size=3),
        "faq_items": st.lists(st.fixed_dictionaries({"question": TEXT, "answer": TEXT}), max_size=3),
        "call_retry_config": st.fixed_dictionaries({"calling_windows": st.lists(VALUES, max_size=3)}),
        "custom_tools": st.lists(
            st.fixed_dictionaries(
                {
                    "name": WORDS,
                    "url": TEXT,
                    "headers": st.lists(st.fixed_dictionaries({"key": WORDS, "value": SECRETS})),
                }
            ),
            max_size=2,
        ),
        "webhook_url": SECRETS,
    },
)


def shown_tokens(value: Any) -> set[str]:
    """What a reader must find: the words of every text, and every other scalar, without white space."""
    if isinstance(value, Secret) or value is None:
        return set()
    if isinstance(value, dict):
        return {token for pair in value.items() for part in pair for token in shown_tokens(part)}
    if isinstance(value, list):
        return {token for child in value for token in shown_tokens(child)}
    if isinstance(value, str):
        return {visible(token) for token in re.findall(r"\w+", value)}
    return {str(value).lower()}


def new_texts(value: Any) -> Iterator[str]:
    """The words of the texts of a value, wherever they are."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from new_texts(child)
    elif isinstance(value, str):
        yield from shown_tokens(value)


def is_shown(token: str, text: str) -> bool:
    """Whether a token is there, as it is or, where it looks like its counterpart, by its code points."""
    return any(form in text for form in (token, spelt(token, letters=True), json.dumps(token)[1:-1]))


def unwrapped(text: str) -> str:
    """The output as one word: without what wrapping adds, which is signs, marks below changed words and white space."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r" *\^[ ^]*", line)]
    return "".join("".join(re.sub(r"^ *[-+~!]? ", "", line).split()) for line in lines)


def covered(value: dict[str, Any]) -> dict[str, Any]:
    """The value with its secrets wrapped."""
    wrapped: dict[str, Any] = wrap_schema_secrets(value, NODE)
    return wrapped


def plan_of(change: Change) -> Plan:
    return Plan("production", "https://api.example", None, PlanOptions(), lock_digest="0" * 32, changes=(change,))


def update(before: dict[str, Any], after: dict[str, Any]) -> Change:
    body = covered({key: after.get(key) for key in {**before, **after}})
    fields = tuple(sent_changes(covered(before), body, NODE))
    change = Change("a", "A", "asst_1", Action.UPDATE, ("speech",), fields=fields, declared=after, body=body)
    return replace(change, before=replaced_value(covered(before), body))


def create(_: dict[str, Any], after: dict[str, Any]) -> Change:
    body = covered(after)
    return Change("a", "A", None, Action.CREATE, fields=tuple(sent_changes({}, body, NODE)), declared=after, body=body)


def delete(before: dict[str, Any], _: dict[str, Any]) -> Change:
    lost = covered(before)
    return Change("a", "A", "asst_1", Action.DELETE, fields=tuple(removed_changes(lost, NODE)), before=lost)


def blocked(change: Change) -> Page:
    """Of what somebody edited outside the one half, of what was edited in the file the other."""
    half = len(change.fields) // 2
    entry = Blocked("a", "A", "asst_1", change.fields[:half], None, change.fields[half:])
    return plan_page(replace(plan_of(change), changes=(), conflicts=(entry,)))


def applied(change: Change) -> Page:
    outcome = Outcome("a", change.action, "asst_1", Result.APPLIED)
    return apply_page(plan_of(change), Applied((outcome,)), None)


def compared(change: Change) -> Page:
    return diff_page(Comparison("one → two", "production", (change,)), Delta((), ()), {})


PAGES: dict[str, tuple[Callable[[dict[str, Any], dict[str, Any]], Change], Callable[[Change], Page]]] = {
    "plan of an update": (update, lambda change: plan_page(plan_of(change))),
    "plan of a create": (create, lambda change: plan_page(plan_of(change))),
    "plan of a delete": (delete, lambda change: plan_page(plan_of(change))),
    "restore": (update, lambda change: plan_page(replace(plan_of(change), restored_from="2026-01-02T09:00:00Z"))),
    "show of an update": (update, lambda change: plan_page(as_sent(plan_of(change)), saved=True)),
    "show of a create": (create, lambda change: plan_page(as_sent(plan_of(change)), saved=True)),
    "show of a delete": (delete, lambda change: plan_page(as_sent(plan_of(change)), saved=True)),
    "apply of an update": (update, applied),
    "apply of a create": (create, applied),
    "conflict": (update, blocked),
    "diff": (update, compared),
}


@settings(max_examples=60, deadline=None)
@given(before=FIELDS, after=FIELDS, width=st.integers(1, 200), name=st.sampled_from(sorted(PAGES)))
def test_every_token_of_a_change_is_shown_and_no_token_of_a_secret(
    before: dict[str, Any], after: dict[str, Any], width: int, name: str
) -> None:
    make, draw = PAGES[name]
    change = make(before, after)
    page = draw(change)
    # What differs by our own account, and what is new whatever that account says.
    wanted = {token for field in change.fields for side in (field.before, field.after) for token in shown_tokens(side)}
    wanted |= set(new_texts(dict(change.body))) - shown_tokens(covered(before))
    for text in (to_text.render(page, no_style, width, full=True), to_markdown.render(page, ROOM)):
        shown = unwrapped(text)
        assert [token for token in wanted if not is_shown(token, shown)] == []
        assert CANARY not in text
    assert CANARY not in to_html.render(page)
