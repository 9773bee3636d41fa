"""What may be written at the cursor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lsprotocol.types import CompletionItem, CompletionItemKind, CompletionList

from revox_sync.server.answers.field_completion import complete_field
from revox_sync.server.answers.offer import MOST, Offer
from revox_sync.server.texts.open_text import OpenText
from revox_sync.server.texts.typed import names_in, typed_at
from revox_sync.source.files.ignored_files import is_hidden
from revox_sync.source.files.tree import TreeError
from revox_sync.source.workspace import SUFFIXES

_TAGS: Final[Mapping[str, str]] = {
    "!file": "the text of a file",
    "!include": "a YAML value of another file",
    "!env": "an environment variable, as a secret",
    "!var": "a value of the environment's `vars`",
    "!sub": "a text in which `${name}` is replaced from `vars`",
}
_PATH_TYPED: Final = re.compile(r"!(file|include)[ \t]+[\"']?([^\s\"'#]*)$")
_POINTER_TYPED: Final = re.compile(r"!include[ \t]+[\"']?([^\s\"'#]+)#(/?[^\s\"']*)$")
_VARIABLE_TYPED: Final = re.compile(r"!var[ \t]+[\"']?([\w.-]*)$")
_SUBSTITUTION_TYPED: Final = re.compile(r"!sub[ \t].*\$\{([\w.-]*)$")
_TAG_TYPED: Final = re.compile(r"(?:^|[\s\[{,])(![a-z]*)$")
_ALIAS_TYPED: Final = re.compile(r"(?:^|[\s\[{,])\*([^\s,\[\]{}]*)$")
_ANCHOR: Final = re.compile(r"(?:^|[\s\[{,])&([^\s,\[\]{}]+)", re.MULTILINE)
_PLACEHOLDER_TYPED: Final = re.compile(r"\{\{[ \t]*([\w.-]*)$")
_PLACEHOLDER: Final = re.compile(r"\{\{[ \t]*([^\W\d][\w.-]*)[ \t]*\}\}")
_LABEL_TYPED: Final = re.compile(r"[\"“«'‘]([\w .-]*)$")


def complete(text: OpenText, offset: int) -> CompletionList:
    """What may be written at an offset."""
    line = re.split(r"[\r\n]", text.text[max(0, offset - 2_000) : offset])[-1]
    items = _in_tags(text, line, offset) if text.is_yaml else None
    if items is None:
        items = _in_text(text, line, offset)
    if items is None:
        items = complete_field(text, offset) if text.is_yaml else []
    return CompletionList(is_incomplete=len(items) > MOST, items=items[:MOST])


# --- behind a tag


def _in_tags(text: OpenText, line: str, offset: int) -> list[CompletionItem] | None:
    """Proposals for what a tag refers to; None where none is typed."""
    answers: tuple[tuple[re.Pattern[str], Callable[[OpenText, re.Match[str], Offer], None]], ...] = (
        (_PATH_TYPED, _paths),
        (_POINTER_TYPED, _pointers),
        (_VARIABLE_TYPED, _variables),
        (_SUBSTITUTION_TYPED, _variables),
        (_TAG_TYPED, _tags),
        (_ALIAS_TYPED, _anchors),
    )
    for pattern, answer in answers:
        found = pattern.search(line)
        if found is not None:
            offer = Offer(text, offset - len(found[found.lastindex or 0]), offset)
            answer(text, found, offer)
            return offer.items
    return None


def _tags(_: OpenText, __: re.Match[str], offer: Offer) -> None:
    for tag, what in _TAGS.items():
        offer.add(tag, insert=f"{tag} ", kind=CompletionItemKind.Keyword, detail=what)


def _paths(text: OpenText, found: re.Match[str], offer: Offer) -> None:
    """Files that the tag may name: none that is hidden or that git ignores, as for the reference itself."""
    folder = posixpath.dirname(text.path)
    wants_yaml = found[1] == "include"
    # Not the whole project: beside assistants it may hold thousands of files of other programs.
    folders = {folder.partition("/")[0]} if folder else set(text.workspace.config.directories if text.workspace else ())
    ignored = text.look.tree.ignored
    for path in sorted({path for each in folders for path in _files(text, each)}):
        if path == text.path or path.endswith(SUFFIXES) != wants_yaml or is_hidden(path) or ignored(path):
            continue
        offer.add(posixpath.relpath(path, folder or "."), kind=CompletionItemKind.File)


def _files(text: OpenText, folder: str) -> list[str]:
    try:
        return text.look.tree.files(folder)
    except TreeError:
        return []


def _pointers(text: OpenText, found: re.Match[str], offer: Offer) -> None:
    if text.workspace is None:
        return
    path = posixpath.normpath(posixpath.join(posixpath.dirname(text.path), found[1]))
    value = text.workspace.loader(text.environments[0]).load(path).value
    for key, child in value.items() if isinstance(value, dict) else ():
        offer.add(f"/{key}", kind=CompletionItemKind.Reference)
        for inner in child if isinstance(child, dict) else ():
            offer.add(f"/{key}/{inner}", kind=CompletionItemKind.Reference)


def _variables(text: OpenText, _: re.Match[str], offer: Offer) -> None:
    """Variables, and the environments that have them; their values may be secrets."""
    owners: dict[str, list[str]] = {}
    for environment in text.environments:
        for name in environment.variables:
            owners.setdefault(name, []).append(environment.name)
    for name, environments in owners.items():
        missing = len(environments) < len(text.environments)
        offer.add(
            name,
            kind=CompletionItemKind.Variable,
            detail=f"only in {', '.join(environments)}" if missing else "in every environment",
        )


def _anchors(text: OpenText, _: re.Match[str], offer: Offer) -> None:
    for name in dict.fromkeys(_ANCHOR.findall(text.text)):
        offer.add(name, kind=CompletionItemKind.Reference)


# --- inside a text


def _in_text(text: OpenText, line: str, offset: int) -> list[CompletionItem] | None:
    """Placeholders, and labels of transfers in quotes; None where neither is typed."""
    found = _PLACEHOLDER_TYPED.search(line)
    if found is not None:
        behind = re.match(r"[\w.-]*(?:[ \t]*\}\})?", text.text[offset : offset + 200])
        offer = Offer(text, offset - len(found[1]), offset + (len(behind[0]) if behind else 0))
        for name, what in _placeholders(text, offset).items():
            offer.add(name, insert=f"{name}}}}}", kind=CompletionItemKind.Variable, detail=what)
        return offer.items
    quoted = _LABEL_TYPED.search(line)
    if quoted is None:
        return None
    typed = typed_at(text.text, offset) if text.is_yaml else None
    labels = list(dict.fromkeys(_labels(text)))
    if not labels or (typed is not None and not typed.inside_text) or (text.is_yaml and typed is None):
        return None
    offer = Offer(text, offset - len(quoted[1]), offset)
    for label in labels:
        offer.add(label, kind=CompletionItemKind.Reference, detail="transfer destination")
    return offer.items


def _placeholders(text: OpenText, offset: int) -> Mapping[str, str]:
    """Names that a placeholder may have there, and where each comes from."""
    names: dict[str, str] = {}
    typed = typed_at(text.text, offset) if text.is_yaml else None
    field = text.field(typed.pointer, typed.value) if typed else None
    allowed = field.variables if field is not None else None
    if allowed is not None:
        names.update(dict.fromkeys(allowed.get("known", ()), "filled in by Revox"))
        if allowed.get("structured_outputs"):
            names.update(dict.fromkeys(names_in(typed, ("structured_output_config",)), "structured output"))
        if allowed.get("tool_inputs") and typed is not None:
            names.update(dict.fromkeys(names_in(typed, (*typed.pointer[:2], "input_schema")), "input of the tool"))
    if allowed is None or allowed.get("prompt_variables"):
        configured = text.workspace.config.lint.variables if text.workspace else ()
        names.update((name, "variable of the project") for name in configured if name not in names)
        used = (name for document in _documents(text) for name in _PLACEHOLDER.findall(document))
        names.update((name, "used in this assistant") for name in used if name not in names)
    return names


def _documents(text: OpenText) -> Iterator[str]:
    """The texts of everything that the text's assistants are made of."""
    yield text.text
    if text.workspace is not None:
        for user in text.users[:20]:
            yield from (source.text for source in text.workspace.load(user, text.environments[0]).sources.values())


def _labels(text: OpenText) -> Iterator[str]:
    if text.workspace is None:
        return
    for user in text.users[:20]:
        value = text.workspace.load(user, text.environments[0]).value
        entries = value.get("transfer_destinations") if isinstance(value, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            label = entry.get("label") if isinstance(entry, dict) else None
            if isinstance(label, str):
                yield label
