from __future__ import annotations

import pytest

from revox_sync.lint.registry import all_rules
from revox_sync.lint.subject.field_paths import places
from revox_sync.source.model.amendment import Remove, SetValue
from tests.lint.project import hits


def test_every_plausible_quantity_has_a_rule() -> None:
    quantities = {node.plausible["quantity"] for _, node in places(lambda node: node.plausible) if node.plausible}
    assert quantities == {rule.quantity for rule in all_rules() if hasattr(rule, "quantity")}


@pytest.mark.parametrize(
    ("code", "fields", "amendment"),
    [
        ("RVX301", "voice: {id: x, provider: elevenlabs, speed: 1.4}", SetValue(("voice", "speed"), 1.2)),
        ("RVX301", "voice: {id: x, provider: elevenlabs, speed: 0.6}", SetValue(("voice", "speed"), 0.7)),
        ("RVX302", "voice: {id: x, provider: gradium, volume: 1.4}", Remove(("voice", "volume"))),
    ],
)
def test_a_fix_fits_the_provider_and_is_unsafe(code: str, fields: str, amendment: SetValue | Remove) -> None:
    (hit,) = hits(code, fields)
    assert hit.fix is not None
    assert (hit.fix.amendments, hit.fix.safe) == ((amendment,), False)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("RVX301", "voice: {id: x, speed: 1.4}"),
        ("RVX301", "voice: {id: x, provider: elevenlabs, speed: true}"),
        ("RVX302", "voice: {id: x, provider: someone, volume: 1.4}"),
        ("RVX303", "first_sentence_mode: static\nfirst_sentence: ''"),
        ("RVX304", "first_sentence_mode: none\nfirst_sentence: ' '"),
        ("RVX306", "background_sound_volume: 0.5"),
        ("RVX307", "first_sentence_delay_ms: 20"),
        ("RVX308", "max_call_duration_secs: 7200"),
    ],
)
def test_what_is_fine_or_somebody_elses_finding(code: str, fields: str) -> None:
    assert hits(code, fields) == []
