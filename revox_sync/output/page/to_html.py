"""A page as one HTML file: no request leaves it, and without JavaScript everything is there and visible.

What the page can do with JavaScript is in page.js, how it looks in page.css; both are put in, and the page's content
security policy allows nothing but these two, by their hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Final

from revox_sync.output.markup.html import Markup, element, joined
from revox_sync.output.page.model import Card, FieldView, FindingView, Note, Page, RowKind
from revox_sync.output.page.rows import remark, removal_rows, sizes, unchanged
from revox_sync.output.page.text_hunks import Hunk, Line, TextDiff
from revox_sync.output.page.values import ShortValue
from revox_sync.output.text.visible import visible
from revox_sync.output.text.wrap import Piece
from revox_sync.sync.model.plan import IMPACTS

SIGN_WORDS: Final = {"+": "added", "-": "removed", "~": "changed"}
NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'"
MOST_SHOWN: Final = 2000
"""Characters of a value that is no text, such as a list."""


def render(page: Page) -> str:
    """An HTML document."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"{NOTHING}; style-src {_hash(style)}; script-src {_hash(script)}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", visible(f"{page.title} · revox-sync")),
        element("style", Markup(style)),
    )
    body = element("body", _header(page), _main(page), _footer(page), element("script", Markup(script)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _asset(name: str) -> str:
    """The text of a file beside this module."""
    return files("revox_sync.output.page").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """How a content security policy names a script or style (CSP3, hash-source)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _header(page: Page) -> Markup:
    subject = element("p", visible(f"{page.subject}, environment {page.environment}")) if page.subject else ""
    return element(
        "header",
        element("h1", visible(page.title)),
        subject,
        element("p", visible(page.quiet or page.summary), class_="summary"),
    )


def _main(page: Page) -> Markup:
    parts = [_filters(page.cards)] if page.cards else []
    parts += [_card(each, number) for number, each in enumerate(page.cards)]
    if page.findings:
        parts.append(element("section", element("h2", "Other findings"), _findings(page.findings)))
    return element("main", *parts)


def _footer(page: Page) -> Markup:
    notes = element("section", element("h2", "Notes"), *map(_note, page.notes)) if page.notes else ""
    digest = element("p", "Digest ", element("code", page.digest)) if page.digest else ""
    use = (
        element("p", element("code", f"{page.digest_use} {page.digest}"), " applies this plan and no other.")
        if page.digest and page.digest_use
        else ""
    )
    return element("footer", notes, digest, use)


def _filters(cards: Sequence[Card]) -> Markup:
    """Hidden until JavaScript finds it: without, nothing here would work."""
    kinds = [each for each in RowKind if any(card.kind is each for card in cards)]
    impacts = [each for each in IMPACTS if any(each in card.impacts for card in cards)]
    search = element("label", "Text ", element("input", type="search", id="q", autocomplete="off"))
    split = element("button", "Side by side", type="button", id="split", aria_pressed="false")
    shown = element("p", "", id="shown", role="status", aria_live="polite")
    choices = [_choices("Action", "action", kinds), _choices("Impact", "impact", impacts)]
    return element("form", *choices, search, split, shown, id="filters", role="search", aria_label="Filter", hidden="")


def _choices(title: str, name: str, values: Sequence[str]) -> Markup:
    if not values:
        return Markup("")
    boxes = [element("label", element("input", type="checkbox", name=name, value=each), f" {each}") for each in values]
    return element("fieldset", element("legend", title), *boxes)


def _card(card: Card, number: int) -> Markup:
    label = f"card-{number}"
    title = element("h2", element("span", visible(card.address), class_="address"), f" {card.verb}", id=label)
    facts = [
        element("span", card.kind, class_="badge kind"),
        *(element("span", each, class_=f"badge {each}") for each in card.impacts),
        *(element("span", visible(each)) for each in (card.name, card.reason) if each),
        *([element("code", visible(card.id))] if card.id else []),
    ]
    remarks = [element("p", visible(each), class_="remark") for each in (remark(card), removal_rows(card)) if each]
    return element(
        "article",
        title,
        element("p", *facts, class_="facts"),
        element("p", visible(card.text)) if card.text else "",
        *remarks,
        _findings(card.findings) if card.findings else "",
        element("p", card.sides, class_="sides") if card.sides and card.fields else "",
        *map(_field, card.fields),
        class_=f"card {card.kind}",
        data_action=card.kind,
        data_impact=" ".join(card.impacts),
        aria_labelledby=label,
    )


def _field(field: FieldView) -> Markup:
    sign = element("span", field.sign, class_="sign", aria_label=SIGN_WORDS[field.sign], role="img")
    head = [sign, " ", element("span", visible(field.path), class_="path"), " "]
    if field.sensitive:
        what = {"+": "", "-": " removed", "~": " changed"}[field.sign]
        return element("div", *head, element("span", f"(sensitive value{what})", class_="faint"), class_="field")
    if field.text is None:
        return element("div", *head, *_transition(field), class_="field")
    head.append(element("span", sizes(field.text), class_="faint"))
    shown = _hunks(field.text) if field.text.edited else _whole(field)
    return element("div", *head, shown, class_="field")


def _transition(field: FieldView) -> Iterator[Markup | str]:
    if field.sign != "+":
        yield _value(field.before, "del")
        yield " → "
    yield _value(field.after, "ins")


def _value(value: ShortValue | None, name: str) -> Markup:
    if value is None:
        return element("span", "(unset)", class_="faint")
    text = value.text if len(value.text) <= MOST_SHOWN else f"{value.text[:MOST_SHOWN]}…"
    is_all = value.whole and text == value.text
    return element(name, text if is_all else f"{text} ({value.size or 'cut'})")


def _whole(field: FieldView) -> Markup:
    """A text that is new or gone, in one piece."""
    lines = [line.text for hunk in field.text.hunks for line in hunk.lines] if field.text else []
    kind = "added" if field.sign == "+" else "removed"
    return element("pre", "\n".join(map(visible, lines)), class_=f"whole {kind}", tabindex="0")


def _hunks(text: TextDiff) -> Markup:
    """A table of old and new lines beside each other; the style sheet can put them below each other."""
    rows = [row for hunk in text.hunks for row in _hunk(hunk)]
    if text.skipped:
        rows.append(_across(unchanged(text.skipped), "skipped"))
    return element("table", element("tbody", *rows), class_="diff", role="presentation")


def _hunk(hunk: Hunk) -> Iterator[Markup]:
    if hunk.skipped:
        yield _across(unchanged(hunk.skipped), "skipped")
    if hunk.heading:
        yield _across(visible(hunk.heading), "heading")
    for same, old, new in _stretches(hunk.lines):
        if same is not None:
            yield element("tr", element("td", *_pieces(same), colspan="2"))
        else:
            yield element("tr", _side(old, "old", "del"), _side(new, "new", "ins"))


def _across(text: str, kind: str) -> Markup:
    return element("tr", element("td", text, colspan="2"), class_=kind)


def _stretches(lines: Sequence[Line]) -> Iterator[tuple[Line | None, list[Line], list[Line]]]:
    """Unchanged lines one by one; changed ones together with what stands in their place."""
    old, new = list[Line](), list[Line]()
    for line in lines:
        if line.sign == " " or (line.sign == "-" and new):
            yield from _pairs(old, new)
            old, new = [], []
        if line.sign == " ":
            yield line, [], []
        else:
            (old if line.sign == "-" else new).append(line)
    yield from _pairs(old, new)


def _pairs(old: list[Line], new: list[Line]) -> Iterator[tuple[None, list[Line], list[Line]]]:
    """Edited lines in pairs; lines of which none has become another all at once."""
    if len(old) == len(new) and any(marked for line in (*old, *new) for _, marked in line.pieces):
        yield from ((None, [before], [after]) for before, after in zip(old, new, strict=True))
    elif old or new:
        yield None, old, new


def _side(lines: Sequence[Line], kind: str, name: str) -> Markup:
    return element("td", *(element(name, *_pieces(each)) for each in lines), class_=kind if lines else "none")


def _pieces(line: Line) -> Iterator[str]:
    pieces: Sequence[Piece] = line.pieces
    return (element("mark", visible(text)) if marked else visible(text) for text, marked in pieces)


def _findings(findings: Iterable[FindingView]) -> Markup:
    return element("ul", *map(_finding, findings), class_="findings")


def _finding(finding: FindingView) -> Markup:
    what = "new" if finding.is_new else "gone"
    badge = element("span", f"{what} {finding.severity}", class_=f"badge {what}")
    place = element("code", visible(finding.place))
    return element("li", badge, " ", element("b", finding.rule), f" {visible(finding.sentence)} ", place)


def _note(note: Note) -> Markup:
    rows = [element("tr", *(element("td", visible(cell)) for cell in row)) for row in note.rows]
    return joined(element("p", visible(note.text)), element("table", element("tbody", *rows)) if rows else "")
