"""Names of findings that stay the same when lines move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from operator import attrgetter

from revox_sync.lint.model.finding import Finding, LintReport


def fingerprints(report: LintReport) -> Mapping[Finding, str]:
    """A fingerprint of each finding, suppressed ones included: 32 hexadecimal digits, unique in the report.

    It is made of code, path and the text of the line; findings in which all three are equal are numbered.
    """
    # Suppressed findings are numbered along, so suppressing one changes no other fingerprint.
    findings = sorted((*report.findings, *(entry.finding for entry in report.suppressed)), key=attrgetter("region"))
    seen: Counter[tuple[str, ...]] = Counter()
    named = {}
    for finding in findings:
        cause = (finding.code, finding.region.path, finding.excerpt.strip())
        named[finding] = _digest(*cause, str(seen[cause]))
        seen[cause] += 1
    return named


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return blake2b(text, digest_size=16).hexdigest()
