"""What the API says of a call, as values that may be shown: secrets are masked, and nothing is taken for granted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from revox_sync.sync.model.call_report import Attempt, CallReport, Expectation, Turn
from revox_sync.usecases.call.prepare import OUTCOME, OUTPUT, as_expected

Cover = Callable[[str], str]
_NO_OUTCOME: Final = "none"
"""How contracts write the outcome null."""
_ABSENT: Final = object()


def with_answer(
    report: CallReport, call: Mapping[str, Any], expected: Mapping[str, str], cover: Callable[[str], str]
) -> CallReport:
    """The report with what an answer of `GET /call/{id}` says.

    Args:
        expected: as in `CallRequest`.
        cover: masks secrets in a text.
    """
    # The API lists the most recent attempt first.
    attempts = [each for each in _listed(call.get("call_attempts")) if isinstance(each, dict)][::-1]
    return replace(
        report,
        status=_text(call, "status", cover),
        outcome=_text(call, OUTCOME, cover),
        outcome_summary=_text(call, "outcome_summary", cover),
        attempts=tuple(_attempt(each, cover) for each in attempts),
        expectations=tuple(_judged(what, wanted, call, attempts, cover) for what, wanted in expected.items()),
    )


def unmet(expected: Mapping[str, str]) -> tuple[Expectation, ...]:
    """What was expected of a call of which nothing is known."""
    return tuple(Expectation(what, wanted, None, met=False) for what, wanted in expected.items())


def _attempt(attempt: Mapping[str, Any], cover: Cover) -> Attempt:
    outputs = attempt.get("structured_output")
    return Attempt(
        status=_text(attempt, "status", cover),
        result=_text(attempt, "result", cover),
        dial_error=_text(attempt, "dial_error", cover),
        ended_by=_text(attempt, "ended_by", cover),
        end_reason=_text(attempt, "end_reason", cover),
        transcript=tuple(_turns(attempt, cover)),
        outputs=_covered(outputs, cover) if isinstance(outputs, dict) else None,
    )


def _turns(attempt: Mapping[str, Any], cover: Cover) -> Iterator[Turn]:
    for turn in _listed(attempt.get("transcript")):
        if isinstance(turn, dict):
            yield Turn(
                role=_text(turn, "role", cover) or "unknown",
                content=_text(turn, "content", cover) or "",
                tool=_text(turn, "tool_name", cover),
                arguments=_covered(turn.get("tool_arguments"), cover),
                output=_text(turn, "tool_output", cover),
                failed=turn.get("tool_is_error") is True,
            )


def _judged(
    what: str, wanted: str, call: Mapping[str, Any], attempts: list[dict[str, Any]], cover: Cover
) -> Expectation:
    if what == OUTCOME:
        said = call.get(OUTCOME, _ABSENT)
        found = _NO_OUTCOME if said is None else said
    else:
        outputs: Any = next((each["structured_output"] for each in attempts[::-1] if each.get("structured_output")), {})
        found = outputs.get(what.removeprefix(OUTPUT), _ABSENT) if isinstance(outputs, dict) else _ABSENT
    if found is _ABSENT:
        return Expectation(what, wanted, None, met=False)
    shown = found if isinstance(found, str) else json.dumps(_covered(found, cover), ensure_ascii=False)
    return Expectation(what, cover(wanted), cover(shown), met=as_expected(wanted, found))


def _text(mapping: Mapping[str, Any], key: str, cover: Cover) -> str | None:
    value = mapping.get(key)
    return cover(value) if isinstance(value, str) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _covered(value: Any, cover: Cover) -> Any:
    """The value with secrets masked in every text of it, keys included."""
    if isinstance(value, str):
        return cover(value)
    if isinstance(value, list):
        return [_covered(entry, cover) for entry in value]
    if isinstance(value, dict):
        return {cover(key): _covered(entry, cover) for key, entry in value.items()}
    return value
