"""Brings findings of many files and environments together: each cause once."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from revox_sync.lint.model.finding import Finding, Region, RelatedRegion


class _Cause(NamedTuple):
    """A finding as it was met first, and all places and environments it was met from."""

    first: Finding
    related: dict[RelatedRegion, None]
    environments: dict[str, None]


class MergedFindings:
    """Findings, equal ones joined: a fault in a shared file has one finding and names every file that includes it.

    Args:
        environments: names of the environments that are tried.
    """

    def __init__(self, environments: Iterable[str]) -> None:
        self._environments = tuple(environments)
        self._causes: dict[tuple[Region, str, str, str], _Cause] = {}

    def add(self, findings: Collection[Finding], environment: str | None) -> None:
        """Take in what one assistant shows in one environment; None: it does not depend on the environment."""
        if not findings:
            return
        # An anchor's fault shows at every alias: the first says it.
        once = {(finding.region, finding.code, finding.label): finding for finding in reversed([*findings])}
        for finding in once.values():
            identity = (finding.region, finding.code, finding.message, finding.label)
            cause = self._causes.setdefault(identity, _Cause(finding, {}, {}))
            cause.related.update(dict.fromkeys(finding.related))
            cause.environments.update(dict.fromkeys(self._environments if environment is None else (environment,)))

    def findings(self) -> tuple[Finding, ...]:
        """Everything in order of path and position; what only some environments show names them."""
        joined = (self._joined(cause) for cause in self._causes.values())
        return tuple(sorted(joined, key=lambda finding: (finding.region, finding.code, finding.message)))

    def _joined(self, cause: _Cause) -> Finding:
        message = cause.first.message
        if len(cause.environments) < len(self._environments):
            word = "environment" if len(cause.environments) == 1 else "environments"
            message += f" ({word} {', '.join(f'`{name}`' for name in cause.environments)})"
        return cause.first._replace(message=message, related=tuple(cause.related))
