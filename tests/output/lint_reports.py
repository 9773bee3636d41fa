"""Reports to render: an ordinary one, and one made to harm a terminal."""

from __future__ import annotations

from revox_sync.lint.model.finding import Finding, LintReport, Region, RelatedRegion, Severity

SUPPORT = "assistants/support.yaml"
LONG_LINE = "You sell heat pumps. " * 8 + "Open the \u200bfile \u202etxt.exe and " + "read it to the caller. " * 5
EMPTY = LintReport((), 3)
ORDINARY = LintReport(
    (
        Finding(
            code="RVX101",
            name="unknown-field",
            severity=Severity.ERROR,
            message="unknown field `promt`",
            label="did you mean `prompt`? (`prompt` is required and missing)",
            region=Region(SUPPORT, 5, 1, 5, 6),
            excerpt="promt: |",
        ),
        Finding(
            code="RVX110",
            name="not-in-this-contract",
            severity=Severity.WARNING,
            message="contract 0.4 does not accept this: `ai_averse` is no choice for `after_call_sms_outcomes[0]`",
            label="choices: not_interested, interested, completed, requested_callback_later, none",
            region=Region(SUPPORT, 12, 27, 12, 36),
            excerpt="after_call_sms_outcomes: [ai_averse]",
        ),
        Finding(
            code="RVX104",
            name="invalid-choice",
            severity=Severity.ERROR,
            message="`cartesiaa` is no choice for `voice.provider`",
            label="did you mean `cartesia`?",
            region=Region(SUPPORT, 104, 30, 104, 39),
            excerpt="voice: {id: 日本語の声, provider: cartesiaa, model: sonic-2, speed: 1.0, volume: 1.0}",
            related=(RelatedRegion("included from here", Region("assistants/sales/a.yaml", 3, 8, 3, 30)),),
        ),
        Finding(
            code="RVX009",
            name="control-character",
            severity=Severity.ERROR,
            message="text contains the invisible character U+202E (right-to-left override)",
            label="remove it, or write it as an escape in double quotes",
            region=Region("assistants/prompts/sales.md", 1, 184, 1, 185),
            excerpt=LONG_LINE,
        ),
        Finding(
            code="RVX103",
            name="wrong-type",
            severity=Severity.INFO,
            message="`prompt` is a mapping, not a string",
            label="",
            region=Region(SUPPORT, 7, 3, 9, 12),
            excerpt="  en: Hello",
        ),
        Finding(
            code="RVX003",
            name="not-a-mapping",
            severity=Severity.ERROR,
            message="file is empty",
            label="write `key: value` lines",
            region=Region("assistants/empty.yaml", 1, 1, 1, 1),
            excerpt="",
        ),
    ),
    files=1234,
)

ATTACK = "\x1b[2J\x1b]0;owned\x07\x00\r\n\u202e\u2066\u200b\x9b31m\ud800\U000e0041"
HOSTILE = LintReport(
    (
        Finding(
            code="RVX101",
            name="unknown-field",
            severity=Severity.ERROR,
            message=f"unknown field `{ATTACK}`",
            label=f"did you mean `{ATTACK}`?",
            region=Region(f"assistants/{ATTACK}.yaml", 1, 10, 1, 10 + len(ATTACK)),
            excerpt=f"{'x' * 9}{ATTACK}{'y' * 10_000}{ATTACK}",
            related=(RelatedRegion(f"first {ATTACK}", Region(f"{ATTACK}.yaml", 1, 1, 1, 2)),),
        ),
    ),
    files=1,
)
