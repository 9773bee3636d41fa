"""Text and Markdown show every token of a change, however narrow, and no token of a secret."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.output.page import to_markdown, to_text
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.text.style import no_style
from revox_sync.output.text.visible import spelt, visible
from revox_sync.sync.comparing.field_diff import sent_changes
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions
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


def is_shown(token: str, text: str) -> bool:
    """Whether a token is there, as it is or, where it looks like its counterpart, by its code points."""
    return any(form in text for form in (token, spelt(token, letters=True), json.dumps(token)[1:-1]))


def unwrapped(text: str) -> str:
    """The output as one word: without what wrapping adds, which is signs, marks below changed words and white space."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r" *\^[ ^]*", line)]
    return "".join("".join(re.sub(r"^ *[-+~!]? ", "", line).split()) for line in lines)


def plan_of(before: dict[str, Any], after: dict[str, Any]) -> Plan:
    body = {key: after.get(key) for key in {**before, **after}}
    fields = tuple(sent_changes(wrap_schema_secrets(before, NODE), wrap_schema_secrets(body, NODE), NODE))
    change = Change("a", "A", "asst_1", Action.UPDATE, ("speech",), fields=fields, declared=after, body=body)
    return Plan("production", "https://api.example", None, PlanOptions(), lock_digest="0" * 32, changes=(change,))


@settings(max_examples=100, deadline=None)
@given(before=FIELDS, after=FIELDS, width=st.integers(1, 200))
def test_every_token_of_a_change_is_shown_and_no_token_of_a_secret(
    before: dict[str, Any], after: dict[str, Any], width: int
) -> None:
    plan = plan_of(before, after)
    page = plan_page(plan, "0" * 32)
    (change,) = plan.changes
    wanted = {token for field in change.fields for side in (field.before, field.after) for token in shown_tokens(side)}
    for text in (to_text.render(page, no_style, width), to_markdown.render(page, ROOM)):
        shown = unwrapped(text)
        assert [token for token in wanted if not is_shown(token, shown)] == []
        assert CANARY not in text
