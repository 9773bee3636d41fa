"""A page as one HTML file: no request leaves it, and without JavaScript everything is there and visible.

What the page can do with JavaScript is in page.js, how it looks in page.css; both are put in, and the page's content
security policy allows nothing but these two, by their hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Final

from revox_sync.output.markup.html import Markup, element, joined
from revox_sync.output.page.field_view import UNSET, FieldView
from revox_sync.output.page.model import Card, CardKind, FindingView, Note, Page
from revox_sync.output.page.rows import (
    LOCAL_EDITS,
    alerts,
    fields_in_brief,
    sensitive_words,
    unchanged,
    variable_notices,
)
from revox_sync.output.page.text_hunks import Hunk, Line, TextDiff
from revox_sync.output.text.visible import visible
from revox_sync.output.text.where import where_line
from revox_sync.sync.model.comparison import DIFF_IMPACTS

_SIGN_WORDS: Final = {"+": "added", "-": "removed", "~": "changed"}
_ALLOW_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'"
_FEW_CARDS: Final = 3
"""Assistants that need no table above them: whoever opens the page sees them."""
_MOST_PATHS: Final = 6
"""Paths of one assistant that the table names."""
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
    parts += [_overview(page.cards)] if len(page.cards) > _FEW_CARDS else []
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
        _choices("Impact", "impact", Counter({each: sum(each in card.impacts for card in cards) for each in impacts})),
        _choices("Action", "action", Counter({each: sum(card.kind is each for card in cards) for each in kinds})),
        element("label", "Text ", element("input", type="search", id="q", autocomplete="off")),
        element("button", "Side by side", type="button", id="split", aria_pressed="false"),
        element("p", "", id="shown", role="status", aria_live="polite"),
    ]
    return element("form", *parts, id="filters", role="search", aria_label="Filter", hidden="")


def _choices(title: str, name: str, numbers: Mapping[str, int]) -> Markup:
    """A box for each value, with how many cards have it."""
    if not numbers:
        return Markup("")
    boxes = (
        element(
            "label",
            *(element("input", type="checkbox", name=name, value=value), f" {value} "),
            element("span", f"{number:,}", class_="faint"),
        )
        for value, number in numbers.items()
    )
    return element("fieldset", element("legend", title), *boxes)


def _overview(cards: Sequence[Card]) -> Markup:
    """A row per assistant in the order of the cards, each with a link to its card."""
    rows = (_overview_row(card, f"#card-{number}") for number, card in enumerate(cards))
    heads = (element("th", title, scope="col") for title in ("Change", "Impact", "Assistant", "Fields"))
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("nav", table, id="overview", aria_label="Overview")


def _overview_row(card: Card, link: str) -> Markup:
    paths, more = fields_in_brief(card, _MOST_PATHS)
    fields = [part for path in paths for part in (element("code", visible(path)), ", ")][:-1]
    fields += [f" {more}"] if more else []
    for words, about in alerts(card):
        fields += [" ", element("span", visible(f"{words} {about}".strip()), class_="notice")]
    return element(
        "tr",
        element("td", element("span", card.kind, class_="badge kind")),
        element("td", *(part for impact in card.impacts for part in (_impact(impact), " "))),
        element("td", element("a", visible(card.address), href=link, class_="address")),
        element("td", *fields),
        class_=card.kind,
    )


def _impact(impact: str) -> Markup:
    return element("span", impact, class_=f"badge {impact}")


def _card(card: Card, label: str) -> Markup:
    """One assistant; `label` is the id of the card. A screen reader reads its title out for the whole card."""
    facts = [
        element("span", card.kind, class_="badge kind"),
        *map(_impact, card.impacts),
        *(element("span", visible(text)) for text in (card.name, card.reason) if text),
        *([element("code", visible(card.id))] if card.id else []),
    ]
    return element(
        "article",
        element("h2", element("span", visible(card.address), class_="address"), f" {card.verb}", id=f"{label}-title"),
        element("p", *facts, class_="facts"),
        element("p", *_prose(card.text)) if card.text else "",
        # What concerns callers stands above the fields.
        *(element("p", visible(notice), class_="notice") for notice in variable_notices(card)),
        _findings(card.findings) if card.findings else "",
        element("p", card.sides, class_="sides") if card.sides and card.fields else "",
        *map(_field, card.fields),
        element("p", LOCAL_EDITS, class_="sides") if card.local else "",
        *map(_field, card.local),
        id=label,
        class_=f"card {card.kind}",
        data_action=card.kind,
        data_impact=" ".join(card.impacts),
        aria_labelledby=f"{label}-title",
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
    return element("li", badge, " ", element("b", finding.rule), " ", *_prose(finding.sentence), " ", place)


def _prose(text: str) -> Iterator[str]:
    """A sentence of ours, with what it has in backticks as code."""
    parts = visible(text).split("`")
    # An odd backtick begins nothing, so it stays one.
    odd = parts.pop() if len(parts) % 2 == 0 else None
    yield from (element("code", part) if number % 2 else part for number, part in enumerate(parts))
    if odd is not None:
        yield f"`{odd}"


def _note(note: Note) -> Markup:
    rows = [element("tr", *(element("td", visible(cell)) for cell in row)) for row in note.rows]
    return joined(element("p", *_prose(note.text)), element("table", element("tbody", *rows)) if rows else "")
