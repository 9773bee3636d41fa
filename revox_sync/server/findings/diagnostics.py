"""Findings as diagnostics of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
)

from revox_sync.lint.model.finding import Finding, Region, Severity
from revox_sync.output.text.visible import visible
from revox_sync.server.texts.positions import Positions
from revox_sync.usecases.lint.live_lint import Fault

SOURCE: Final = "revox-sync"
_SEVERITIES: Final[Mapping[Severity, DiagnosticSeverity]] = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.INFO: DiagnosticSeverity.Information,
}
_DEPRECATED: Final = frozenset({"not-in-this-contract", "deprecated-field"})
_UNUSED: Final = frozenset(
    {
        "unused-suppression",
        "option-the-provider-ignores",
        "first-sentence-never-used",
        "sound-option-without-sound",
        "options-without-enum",
        "template-without-sms",
        "unreachable-node",
    }
)
"""Names of rules about what does nothing: editors show it faded. What is deprecated they strike through."""

PositionsOf = Callable[[str], Positions]
"""Positions in a file of the project, by its path from the root."""
UriOf = Callable[[str], str]


class Diagnostics:
    """Draws findings for the editor.

    Args:
        positions: of a file by path.
        uri: of a file by path.
        page: address of a rule's page by code; None where there is none.
    """

    def __init__(self, positions: PositionsOf, uri: UriOf, page: Callable[[str], str | None]) -> None:
        self._positions = positions
        self._uri = uri
        self._page = page

    def by_path(self, findings: Iterable[Finding], faults: Iterable[Fault] = ()) -> dict[str, list[Diagnostic]]:
        """Diagnostics by the path of the file that they are shown in."""
        found: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            found.setdefault(finding.region.path, []).append(self.of(finding))
        for fault in faults:
            found.setdefault(fault.region.path, []).append(
                Diagnostic(
                    self._positions(fault.region.path).of_region(fault.region),
                    visible(fault.message),
                    DiagnosticSeverity.Error,
                    source=SOURCE,
                )
            )
        return found

    def of(self, finding: Finding) -> Diagnostic:
        """One finding."""
        page = self._page(finding.code)
        related = [DiagnosticRelatedInformation(self._location(each.region), each.message) for each in finding.related]
        tags = [
            tag
            for tag, names in ((DiagnosticTag.Deprecated, _DEPRECATED), (DiagnosticTag.Unnecessary, _UNUSED))
            if finding.name in names
        ]
        return Diagnostic(
            self._positions(finding.region.path).of_region(finding.region),
            # A text of the file may hold signs that nobody sees, and that turn what is written behind them around.
            visible(finding.sentence),
            _SEVERITIES[finding.severity],
            code=finding.code,
            code_description=CodeDescription(page) if page else None,
            source=SOURCE,
            tags=tags or None,
            related_information=related or None,
        )

    def _location(self, region: Region) -> Location:
        return Location(self._uri(region.path), self._positions(region.path).of_region(region))
