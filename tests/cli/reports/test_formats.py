"""The table of formats: each one has golden files, is harmless whatever the input, and stands in the README.

A new format needs no test here. `--rewrite-golden` writes its golden files; review them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import (
    REPORT_FORMATS,
    CallOutput,
    DoctorOutput,
    Draw,
    EnvironmentsOutput,
    LintOutput,
    PageReport,
    PullOutput,
    View,
    emit,
)
from revox_sync.lint.model.finding import Severity
from revox_sync.output.json import call as call_json
from revox_sync.output.json import doctor as doctor_json
from revox_sync.output.json import env as env_json
from revox_sync.output.json import plan as plan_json
from revox_sync.output.json import pull as pull_json
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.rules.page import RuleExample, read_page
from revox_sync.output.text import call as call_text
from revox_sync.output.text import doctor as doctor_text
from revox_sync.output.text import environments as env_text
from revox_sync.output.text import pull as pull_text
from revox_sync.output.text.style import Style, no_style
from revox_sync.sync.model.adopt_report import AdoptReport
from revox_sync.sync.model.call_report import Attempt, CallOrder, CallReport, Expectation, Turn
from revox_sync.sync.model.doctor_report import Check, DoctorReport, Health, Learned, Probe
from revox_sync.sync.model.environment_report import AccountFacts, EnvironmentFacts
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.model.pull_report import PullReport
from revox_sync.sync.model.server_facts import ServerFacts
from revox_sync.usecases.project.settings import Settings
from tests.browser import Outline
from tests.checkout import ROOT
from tests.conftest import GOLDEN, Golden
from tests.output.findings import HOSTILE, REPORT, UNKNOWN
from tests.output.page.test_to_html import OWN
from tests.output.page.test_to_markdown import prose
from tests.output.pull_reports import REPORTS
from tests.output.samples import HOSTILE_PLAN, MARKUP_PLAN, UPDATE_PLAN

PLAIN: Final = View(no_style, 100)
ALL: Final = [(kind, name) for kind, formats in REPORT_FORMATS.items() for name in formats]
RULE: Final = replace(
    read_page("RVX101", "unknown-field", Severity.ERROR, "A field nobody knows.\n\nInstead: one that `schema` knows."),
    invalid=(RuleExample((("assistants/a.yaml", ("name: A", "promt: |")),), (UNKNOWN,)),),
)
HOSTILE_RULE: Final = replace(
    RULE, invalid=(RuleExample((("assistants/a.yaml", ("````", "# heading", "</pre>")),), HOSTILE.findings),)
)
COMMANDS: Final = {
    "page": "plan, show, diff, compare, apply, restore and status",
    "pull": "pull",
    "env": "env",
    "call": "call",
    "doctor": "doctor",
    "lint": "lint",
    "rules": "rules and explain",
    "rule": "rules and explain",
}
"""How the README names the commands that have a kind of report."""


FACTS: Final = EnvironmentFacts(
    name="production",
    chosen="default",
    base_url="https://www.getrevox.com/api",
    contract="0.4",
    key_variable="REVOX_API_KEY",
    key_set=True,
    key_source=".env",
    lock=".revox/production.lock.json",
    bound=44,
    unset=("HOOK", "SUPPORT_LLM_MODEL_API_KEY"),
    account=AccountFacts(key_accepted=True, organization_id="org_1", assistants=44),
)
CALL: Final = CallReport(
    CallOrder(
        "sales/outbound", "production", "https://www.getrevox.com/api", "org_1", "+33199001234", None, {"a": "b"}
    ),
    "yes",
    id="call_1",
    status="completed",
    outcome="interested",
    outcome_summary="They want a visit.",
    attempts=(
        Attempt("error", None, "busy", None, None),
        Attempt(
            "completed",
            "human",
            None,
            "agent",
            "tool_end_call",
            (
                Turn("assistant", "Hello, may I ask you something?"),
                Turn("user", "Yes."),
                Turn("tool", "", "book_slot", {"day": "monday"}, "taken", failed=True),
            ),
            {"agreed": True, "kind": "visit"},
        ),
    ),
    expectations=(
        Expectation("outcome", "interested", "interested", met=True),
        Expectation("output.kind", "call", "visit", met=False),
        Expectation("output.day", "monday", None, met=False),
    ),
    problem="the call goes on; it was followed for 900 s (--wait)",
)
EVIL_TEXT: Final = "evil \x1b[2J\u202e</script><script>alert(1)</script> @evil"


def environments_output(facts: EnvironmentFacts) -> EnvironmentsOutput:
    return EnvironmentsOutput(partial(env_text.render, [facts]), partial(env_json.render, [facts]))


def call_output(report: CallReport) -> CallOutput:
    return CallOutput(partial(call_text.render, report), partial(call_json.render, report))


def evil_call() -> CallReport:
    turn = Turn(EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, {EVIL_TEXT: [EVIL_TEXT]}, EVIL_TEXT, failed=True)
    attempt = Attempt(EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, (turn,), {EVIL_TEXT: EVIL_TEXT})
    order = replace(CALL.order, address=EVIL_TEXT, variables={EVIL_TEXT: EVIL_TEXT})
    expectation = Expectation(EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, met=False)
    return CallReport(
        order, "yes", EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, EVIL_TEXT, (attempt,), (expectation,), problem=EVIL_TEXT
    )


DOCTOR: Final = DoctorReport(
    (
        Check("revox-sync", "0.1.0"),
        Check("key", "accepted; organisation org_1"),
        Check("journal", "an apply is running or did not end, 1 request without end", Health.WARNING),
        Check("left-over", "a probe has left asst_1: `revox-sync doctor --probe` deletes it", Health.PROBLEM),
    ),
    Probe(
        ServerFacts("https://www.getrevox.com/api", "2026-11-29T14:00:00Z", "0.4", patch_merges=True, list_lag=4.0),
        (
            Learned("the list shows a new assistant at once", holds=False, found="listed after 4 s at most"),
            Learned("null clears a field whose type admits it", holds=True, found="cleared at once"),
            Learned("an update replaces a top-level field whole", holds=None, found="no voice could be set"),
        ),
        path=".revox/production.server-facts.json",
    ),
)


def doctor_output(report: DoctorReport) -> DoctorOutput:
    return DoctorOutput(partial(doctor_text.render, report), partial(doctor_json.render, report))


def page_report(plan: Plan) -> PageReport:
    return PageReport(partial(plan_page, plan, "0" * 32), partial(plan_json.render, plan, "0" * 32))


def pull_output(report: PullReport) -> PullOutput:
    return PullOutput(
        lambda paint, _: pull_text.render(report, paint), partial(pull_json.render, report, AdoptReport(written=True))
    )


ORDINARY: Final[Mapping[str, Any]] = {
    "page": page_report(UPDATE_PLAN),
    "pull": pull_output(REPORTS["mixed"]),
    "env": environments_output(FACTS),
    "call": call_output(CALL),
    "doctor": doctor_output(DOCTOR),
    "lint": LintOutput(REPORT, "/project"),
    "rules": [RULE],
    "rule": RULE,
}
EVIL: Final[Mapping[str, Any]] = {
    "page": page_report(replace(HOSTILE_PLAN, changes=(*HOSTILE_PLAN.changes, *MARKUP_PLAN.changes))),
    "pull": pull_output(REPORTS["hostile"]),
    "env": environments_output(replace(FACTS, base_url=EVIL_TEXT, unset=(EVIL_TEXT,), problems=(EVIL_TEXT,))),
    "call": call_output(evil_call()),
    "doctor": doctor_output(
        DoctorReport(
            (Check(EVIL_TEXT, EVIL_TEXT, Health.PROBLEM),),
            Probe(ServerFacts(EVIL_TEXT), (Learned(EVIL_TEXT, None, EVIL_TEXT),), EVIL_TEXT, EVIL_TEXT),
        )
    ),
    "lint": LintOutput(HOSTILE, "/project"),
    "rules": [HOSTILE_RULE],
    "rule": HOSTILE_RULE,
}


def without_policy(text: str) -> str:
    """HTML without script and style, which are files of their own, and with a line per element."""
    body = text.partition("</head>")[2].rpartition("<script>")[0]
    return re.sub(r"(</(?:p|h\d|tr|pre|form|div|article|table)>)", r"\1\n", body) + "\n"


def without_rules(text: str) -> str:
    """SARIF without the documentation of every rule and our version, which change for other reasons."""
    log = json.loads(text)
    (run,) = log["runs"]
    used = {result["ruleId"] for result in run["results"]}
    driver = run["tool"]["driver"]
    driver |= {"version": "0", "rules": sorted(rule["id"] for rule in driver["rules"] if rule["id"] in used)}
    for result in run["results"]:
        del result["ruleIndex"]
    return json.dumps(log, indent=2) + "\n"


TEXTS: Final = frozenset({"text", "full", "concise"})
"""Formats for people at a terminal, which have no syntax."""
SHORTENED: Final[Mapping[str, Callable[[str], str]]] = {"html": without_policy, "sarif": without_rules}


def drawn(kind: str, name: str, reports: Mapping[str, Any]) -> str:
    return REPORT_FORMATS[kind][name](reports[kind], PLAIN)


def require_harmless(name: str, text: str) -> None:
    """Nothing in a report steers a terminal, or does anything in the program that its format is made for."""
    assert {letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs"}} <= {"\n"}
    if name in {"json", "sarif", "gitlab"}:
        assert json.loads(text)
        assert text.isascii()
    elif name == "markdown":
        assert re.search(r"[@#]\w|https?:|www\.|GH-\d|evil|<script", prose(text)) is None
    elif name == "html":
        assert {tag for tag, _ in Outline(text).elements} <= OWN
    elif name == "github":
        # A line that begins with `::` is a command.
        assert len(re.findall(r"(?m)^::", text)) == len(HOSTILE.findings) == len(text.splitlines())
    else:
        assert name in TEXTS, f"{name}: say here what its syntax is, or in TEXTS that it has none"


def lacking(formats: Mapping[str, Mapping[str, Draw]], readme: str) -> Iterator[str]:
    """What a format still needs, in words."""
    known = " ".join(readme.split())
    for kind, names in formats.items():
        sentence = re.search(rf"{COMMANDS[kind]} knows? ([^;.]*)", known)
        listed = re.findall("`([^`]*)`", sentence[1]) if sentence else []
        for name in names:
            for path in golden_names(kind, name):
                if not (GOLDEN / path).is_file():
                    yield f"{kind} {name}: tests/golden/{path} is missing"
            if name not in listed:
                yield f"{kind} {name}: the README does not list `{name}` beside '{COMMANDS[kind]}'"


def golden_names(kind: str, name: str) -> tuple[str, str]:
    return f"formats/{kind}/{name}.txt", f"formats/{kind}/{name}-hostile.txt"


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_whole_output(golden: Golden, kind: str, name: str) -> None:
    ordinary, hostile = golden_names(kind, name)
    shorten = SHORTENED.get(name, str)
    golden(ordinary, shorten(drawn(kind, name, ORDINARY)))
    golden(hostile, shorten(drawn(kind, name, EVIL)))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_hostile_input_is_harmless(kind: str, name: str) -> None:
    require_harmless(name, drawn(kind, name, EVIL))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_equal_reports_give_equal_bytes(kind: str, name: str) -> None:
    assert drawn(kind, name, ORDINARY) == drawn(kind, name, ORDINARY)


def test_no_format_lacks_anything() -> None:
    assert list(lacking(REPORT_FORMATS, (ROOT / "README.md").read_text("utf-8"))) == []


def test_a_new_format_is_told_what_it_lacks() -> None:
    formats = {**REPORT_FORMATS, "lint": {**REPORT_FORMATS["lint"], "csv": lambda output, _: str(output)}}
    assert list(lacking(formats, (ROOT / "README.md").read_text("utf-8"))) == [
        "lint csv: tests/golden/formats/lint/csv.txt is missing",
        "lint csv: tests/golden/formats/lint/csv-hostile.txt is missing",
        "lint csv: the README does not list `csv` beside 'lint'",
    ]


def test_a_new_format_that_lets_hostile_text_through_is_caught() -> None:
    with pytest.raises(AssertionError):
        require_harmless("csv", ",".join(finding.message for finding in HOSTILE.findings))


def test_a_new_format_needs_a_branch() -> None:
    with pytest.raises(AssertionError, match="csv: say here what its syntax is"):
        require_harmless("csv", "a,b\n")


def test_no_golden_file_is_left_of_a_format_that_is_gone() -> None:
    expected = {GOLDEN / path for kind, name in ALL for path in golden_names(kind, name)}
    assert {path for path in (GOLDEN / "formats").rglob("*") if path.is_file()} == expected


def test_files_are_never_coloured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, path = Settings(str(tmp_path), color="always"), tmp_path / "report.txt"
    emit("lint", ORDINARY["lint"], [Target("concise", None), Target("concise", str(path))], settings)
    assert f"\x1b[{Style.ERROR}m" in capsys.readouterr().out
    assert path.read_text("utf-8") == drawn("lint", "concise", ORDINARY)


def test_a_text_of_its_own_takes_the_place_of_the_page() -> None:
    report = ORDINARY["page"]._replace(text=lambda _, width: f"{width} columns\n")
    assert REPORT_FORMATS["page"]["text"](report, PLAIN) == "100 columns\n"
    assert REPORT_FORMATS["page"]["markdown"](report, PLAIN) == drawn("page", "markdown", ORDINARY)
