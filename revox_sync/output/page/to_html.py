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
from revox_sync.output.page.field_view import UNSET, FieldView
from revox_sync.output.page.model import Card, CardKind, FindingView, Note, Page
from revox_sync.output.page.rows import LOCAL_EDITS, sensitive_words, unchanged, variable_notices
from revox_sync.output.page.text_hunks import Hunk, Line, TextDiff
from revox_sync.output.text.visible import visible
from revox_sync.output.text.where import where_line
from revox_sync.sync.model.comparison import DIFF_IMPACTS

_SIGN_WORDS: Final = {"+": "added", "-": "removed", "~": "changed"}
_ALLOW_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'"
_LONGEST_INLINE: Final = 120
"""Characters of both values on one line."""


def render(page: Page) -> str:
    """An HTML document."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"{_ALLOW_NOTHING}; style-src {_hash(style)}; script-src {_hash(script)}"
    # The page shows text of others, so the policy stops a script that escaping would have let through.
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
    return files("revox_sync.output.page").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """How a content security policy names a script or style (CSP3, hash-source)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _header(page: Page) -> Markup:
    return element(
        "header",
        element("h1", visible(page.title)),
        element("p", visible(f"{page.subject}, environment {page.environment}")) if page.subject else "",
        element("p", visible(where_line(page.environment, page.base_url, page.organization_id)), class_="where")
        if page.base_url is not None
        else "",
        element("p", visible(page.quiet or page.summary), class_="summary"),
    )


def _main(page: Page) -> Markup:
    parts = [_filters(page.cards)] if page.cards else []
    parts += [_card(card, f"card-{number}") for number, card in enumerate(page.cards)]
    if page.findings:
        parts.append(element("section", element("h2", "Other findings"), _findings(page.findings)))
    return element("main", *parts)


def _footer(page: Page) -> Markup:
    parts = [element("section", element("h2", "Notes"), *map(_note, page.notes))] if page.notes else []
    if page.digest:
        parts.append(element("p", "Digest ", element("code", page.digest)))
    if page.digest and page.digest_use:
        command = element("code", f"{page.digest_use} {page.digest}")
        parts.append(element("p", command, " applies this plan and no other."))
    return element("footer", *parts)


def _filters(cards: Sequence[Card]) -> Markup:
    """Choices of what is shown. The script unhides the form, because without the script it would do nothing."""
    kinds = [kind for kind in CardKind if any(card.kind is kind for card in cards)]
    impacts = [impact for impact in DIFF_IMPACTS if any(impact in card.impacts for card in cards)]
    parts = [
        _choices("Action", "action", kinds),
        _choices("Impact", "impact", impacts),
        element("label", "Text ", element("input", type="search", id="q", autocomplete="off")),
        element("button", "Side by side", type="button", id="split", aria_pressed="false"),
        element("p", "", id="shown", role="status", aria_live="polite"),
    ]
    return element("form", *parts, id="filters", role="search", aria_label="Filter", hidden="")


def _choices(title: str, name: str, values: Sequence[str]) -> Markup:
    if not values:
        return Markup("")
    boxes = (
        element("label", element("input", type="checkbox", name=name, value=value), f" {value}") for value in values
    )
    return element("fieldset", element("legend", title), *boxes)


def _card(card: Card, label: str) -> Markup:
    """One assistant; `label` is the id of its title, which a screen reader reads out for the whole card."""
    facts = [
        element("span", card.kind, class_="badge kind"),
        *(element("span", impact, class_=f"badge {impact}") for impact in card.impacts),
        *(element("span", visible(text)) for text in (card.name, card.reason) if text),
        *([element("code", visible(card.id))] if card.id else []),
    ]
    return element(
        "article",
        element("h2", element("span", visible(card.address), class_="address"), f" {card.verb}", id=label),
        element("p", *facts, class_="facts"),
        element("p", visible(card.text)) if card.text else "",
        # What concerns callers stands above the fields.
        *(element("p", visible(notice), class_="notice") for notice in variable_notices(card)),
        _findings(card.findings) if card.findings else "",
        element("p", card.sides, class_="sides") if card.sides and card.fields else "",
        *map(_field, card.fields),
        element("p", LOCAL_EDITS, class_="sides") if card.local else "",
        *map(_field, card.local),
        class_=f"card {card.kind}",
        data_action=card.kind,
        data_impact=" ".join(card.impacts),
        aria_labelledby=label,
    )


def _field(field: FieldView) -> Markup:
    sign = element("span", field.sign, class_="sign", aria_label=_SIGN_WORDS[field.sign], role="img")
    shown: list[str]
    head = [sign, " ", element("span", visible(field.path), class_="path"), " "]
    if field.sensitive:
        shown = [element("span", sensitive_words(field), class_="faint")]
    elif field.inline is not None and sum(map(len, field.inline)) <= _LONGEST_INLINE:
        *before, after = field.inline
        shown = [*(part for text in before for part in (_value(text, "del"), " → ")), _value(after, "ins")]
    else:
        text = _hunks(field.lines) if field.edited else _whole(field.lines, _SIGN_WORDS[field.sign])
        shown = [element("span", field.size, class_="faint"), text]
    return element("div", *head, *shown, class_="field")


def _value(text: str, name: str) -> Markup:
    return element("span", text, class_="faint") if text == UNSET else element(name, text)


def _whole(text: TextDiff, what: str) -> Markup:
    """A text that was added or removed, in one piece."""
    lines = (visible(line.text) for hunk in text.hunks for line in hunk.lines)
    # A keyboard can only scroll what it can reach, hence the tabindex.
    return element("pre", "\n".join(lines), class_=f"whole {what}", tabindex="0")


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
    for old, new in _blocks(hunk.lines):
        if old == new:
            yield element("tr", element("td", *_pieces(new[0]), colspan="2"))
        else:
            yield element("tr", _side(old, "old", "del"), _side(new, "new", "ins"))


def _across(text: str, kind: str) -> Markup:
    return element("tr", element("td", text, colspan="2"), class_=kind)


def _blocks(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Old and new lines that stand beside each other; an unchanged line stands on both sides."""
    old, new = list[Line](), list[Line]()
    for line in lines:
        # After new lines, an old one begins another block: a hunk has the old lines of a block first.
        if line.sign == " " or (line.sign == "-" and new):
            yield from _pairs(old, new)
            old, new = [], []
        if line.sign == " ":
            yield [line], [line]
        else:
            (old if line.sign == "-" else new).append(line)
    yield from _pairs(old, new)


def _pairs(old: list[Line], new: list[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Edited lines in pairs; lines of which none has become another all at once."""
    if len(old) == len(new) and any(marked for line in (*old, *new) for _, marked in line.pieces):
        yield from (([before], [after]) for before, after in zip(old, new, strict=True))
    elif old or new:
        yield old, new


def _side(lines: Sequence[Line], kind: str, name: str) -> Markup:
    return element("td", *(element(name, *_pieces(line)) for line in lines), class_=kind if lines else "none")


def _pieces(line: Line) -> Iterator[str]:
    return (element("mark", visible(text)) if marked else visible(text) for text, marked in line.pieces)


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
