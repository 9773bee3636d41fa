"""The outcome of a pull for people, and the new files that it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import counted, visible
from revox_sync.output.text.where import where_line
from revox_sync.output.text.wrap import wrap_text
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.pull_report import Left, Pulled, PullReport

_NOTHING_TO_PULL: Final = "The files hold everything that was edited outside."
_FILL_IN: Final = (
    "The values of secrets are written to no file. Set these environment variables, or put these lines into .env "
    "beside revox-sync.yaml, fill them in, and keep that file out of git:"
)
_NARROWEST: Final = 40
_NOTHING_TO_ADOPT: Final = "No remote assistant is without a file."


def render(report: PullReport, paint: Paint) -> str:
    """Where it is, a paragraph per assistant with something to tell, the counts; last the lock file if it changed."""
    paragraphs = (line for pulled in report.assistants for line in _assistant(pulled, report, paint))
    return _document([pull_where(report), "", *paragraphs, paint(_summary(report), Style.BOLD)], report.lock)


def pull_where(report: PullReport) -> str:
    """Which account is pulled from."""
    return visible(where_line(report.environment, report.base_url, report.organization_id))


def render_adopted(report: AdoptReport, paint: Paint, width: int) -> str:
    """A paragraph per new file and per assistant that got none, the variables to set, then the counts.

    Args:
        width: in columns; names and paths are never broken.
    """
    width = max(width, _NARROWEST)
    lines = [
        *(line for adopted in report.adopted for line in _adopted(adopted, report, paint, width)),
        *(line for skipped in report.skipped for line in _skipped(skipped, paint, width)),
        *_variables(report.adopted, width),
        *(line for note in report.notes for line in (*wrap_text(f"Note: {note}", width), "")),
        paint(_adopted_summary(report), Style.BOLD),
    ]
    return _document(lines, report.lock)


def pull_counts(report: PullReport) -> dict[str, int]:
    """How many values were pulled, conflict, could not be pulled or are local edits; how many assistants were refused.

    The keys are those of the JSON document's summary.
    """
    return {
        "pulled": sum(len(pulled.fields) for pulled in report.assistants),
        "conflicts": sum(len(pulled.conflicts) for pulled in report.assistants),
        "not_pulled": sum(left.differs for pulled in report.assistants for left in pulled.left),
        "refused": sum(bool(pulled.refused) for pulled in report.assistants),
        "local": sum(len(pulled.local) for pulled in report.assistants),
    }


def _document(lines: list[str], lock_path: str | None) -> str:
    return "\n".join([*lines, *([f"Lock written: {visible(lock_path)}"] if lock_path else [])]) + "\n"


def _assistant(pulled: Pulled, report: PullReport, paint: Paint) -> Iterator[str]:
    """Nothing for an assistant with no news; most have none."""
    details = [*_details(pulled, paint)]
    if pulled.bound:
        details.append("  found by its name" + ("; the lock knows it now" if report.written else ""))
    if details:
        yield f"{paint(visible(pulled.address), Style.BOLD)}  ({visible(pulled.path)})"
        yield from details
        yield ""


def _details(pulled: Pulled, paint: Paint) -> Iterator[str]:
    if pulled.refused:
        yield f"  {paint('!', Style.ERROR)} {visible(pulled.refused)}; nothing is pulled"
    for path in pulled.fields:
        yield f"  {paint('<', Style.CHANGED)} {visible(path)}"
    for path in pulled.conflicts:
        yield (
            f"  {paint('!', Style.WARNING)} {visible(path)}: conflict, it differs and the file may be the newer one; "
            "--theirs takes the server's value"
        )
    for left in pulled.left:
        yield f"  {paint('!', Style.WARNING if left.differs else Style.INFO)} {_left(left)}"


def _left(left: Left) -> str:
    place = f"  ({visible(left.place)})" if left.place else ""
    return f"{visible(left.path)}: {visible(left.reason)}{place}"


def _summary(report: PullReport) -> str:
    counts = pull_counts(report)
    words = {
        "conflicts": counted(counts["conflicts"], "conflict"),
        "not_pulled": f"{counted(counts['not_pulled'], 'value')} not pulled",
        "refused": f"{counted(counts['refused'], 'assistant')} refused",
        "local": f"{counted(counts['local'], 'local edit')} kept",
    }
    verb = "Pulled" if report.written else "Would pull"
    if counts["pulled"]:
        head = f"{verb} {counted(counts['pulled'], 'value')} into {counted(len(report.files), 'file')}."
    elif counts["conflicts"] or counts["not_pulled"] or counts["refused"]:
        head = f"{verb} nothing."
    else:
        # Local edits alone are no reason to say that something could not be pulled.
        head = _NOTHING_TO_PULL
    others = ", ".join(text for name, text in words.items() if counts[name])
    return f"{head} {others}." if others else head


def _adopted(adopted: Adopted, report: AdoptReport, paint: Paint, width: int) -> Iterator[str]:
    what = "new file" if report.written else "would be a new file"
    yield f"{paint(visible(adopted.address), Style.BOLD)}  ({visible(adopted.id)}, {what})"
    yield from (f"  {paint('+', Style.ADDED)} {visible(path)}" for path in adopted.files)
    for note in adopted.notes:
        yield from _marked("!", Style.WARNING, note, paint, width)
    yield ""


def _skipped(skipped: Skipped, paint: Paint, width: int) -> Iterator[str]:
    name, id_ = skipped.name or "an assistant without a name", skipped.id or "without an id"
    yield f"{paint(visible(name), Style.BOLD)}  ({visible(id_)}, no file)"
    yield from _marked("!", Style.ERROR, skipped.reason, paint, width)
    if skipped.hint:
        yield from wrap_text(skipped.hint, width, "  ", "  ")
    yield ""


def _marked(mark: str, style: Style, text: str, paint: Paint, width: int) -> Iterator[str]:
    first, *more = wrap_text(text, width, f"  {mark} ", "    ")
    # Escape sequences have no width, so the mark is coloured when the lines are there.
    yield first.replace(mark, paint(mark, style), 1)
    yield from more


def _variables(files: tuple[Adopted, ...], width: int) -> Iterator[str]:
    places = [(adopted.address, name, path) for adopted in files for name, path in adopted.variables.items()]
    if places:
        yield from wrap_text(_FILL_IN, width, rest="")
        yield ""
        # As they can be pasted: without indentation, and with the comment on a line of its own.
        for address, name, path in places:
            yield f"# {visible(address)}: {visible(path)}"
            yield f"{name}="
        yield ""


def _adopted_summary(report: AdoptReport) -> str:
    if not report.adopted and not report.skipped:
        return _NOTHING_TO_ADOPT
    verb = "Adopted" if report.written else "Would adopt"
    without = f" {len(report.skipped):,} without a file." if report.skipped else ""
    return f"{verb} {counted(len(report.adopted), 'assistant')}.{without}"
