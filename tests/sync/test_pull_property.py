"""Any file, any edits in the dashboard and in the file: after a pull, what differs was reported."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import Node, assistant_node, contract
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.value import plain_json
from revox_sync.source.yaml.emit_scalars import Layout, behind_key, write_flow
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.edits import PullEditor, PullEdits
from revox_sync.sync.pulling.field_groups import (
    EDITED_LOCALLY,
    EDITED_OUTSIDE,
    PullChanges,
    PullOptions,
    pull_changes,
    with_groups,
)
from revox_sync.sync.pulling.lock_entry import pulled_entry
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.pointer import dotted, value_at
from tests.strategies import assistants

ROOT: Final = assistant_node()
SPELT: Final = "ENVSECRET"
REAL: Final = "the-real-secret"
STYLES: Final = ("block", "block", "flow", "var", "default", "include", "merge", "file")
OPTIONS: Final = st.builds(PullOptions, theirs=st.booleans(), inline=st.booleans(), all_fields=st.booleans())
EFFORT: Final = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def hidden(value: Any, node: Node | None, secret: str) -> Any:
    """The value with every secret of the schema replaced."""
    if node is not None and node.secret and isinstance(value, str):
        return secret
    if isinstance(value, dict):
        places = ((key, child, node.child(key, value) if node else None) for key, child in value.items())
        return {key: hidden(child, place, secret) for key, child, place in places}
    if isinstance(value, list):
        return [hidden(each, node.element if node else None, secret) for each in value]
    return value


def served(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the server makes of a body: defaults, nulls, read-only keys; line breaks at the end of texts are lost."""
    fields = {key: place for key, place in ROOT.properties.items() if not place.read_only}
    answer = {key: body.get(key, copy.deepcopy(place.default)) for key, place in fields.items()}
    for number, each in enumerate(answer["faq_items"] or []):
        each |= {"id": f"faq_{number}", "source": "human", "needs_human_answer": False}
    stripped: dict[str, Any] = _stripped(hidden(answer, ROOT, REAL))
    return stripped | {"id": "asst_1", "organization_id": "org"}


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_stripped(each) for each in value]
    return value.rstrip("\n") if isinstance(value, str) else value


@st.composite
def edited(draw: st.DrawFn, value: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The value with a few fields as another one has them, cleared, or mixed with the other's."""
    result = copy.deepcopy(value)
    for key in draw(
        st.lists(st.sampled_from(sorted({*value, *other} - {"id", "organization_id"})), min_size=1, max_size=6)
    ):
        mine, theirs = result.get(key), copy.deepcopy(other.get(key))
        kind = draw(st.integers(0, 2))
        if isinstance(mine, dict) and isinstance(theirs, dict) and kind:
            result[key] = {**mine, **theirs} if kind == 1 else {**theirs, **mine}
        elif isinstance(mine, list) and isinstance(theirs, list) and kind:
            result[key] = [*theirs, *mine[1:]] if kind == 1 else list(reversed(mine))
        elif key in other or key not in {"name", "prompt"}:
            result[key] = theirs
        if not _is_valid(key, result.get(key)):
            result[key] = mine
    return {key: child for key, child in result.items() if key in value or child is not None}


def _is_valid(key: str, value: Any) -> bool:
    """Whether a file may hold it; a server may have cleared any field."""
    sayable = without_read_only(value, ROOT.child(key))
    return value is None or contract(None).is_valid({"name": "a", "prompt": "b", key: sayable})


def without_read_only(value: Any, node: Node | None) -> Any:
    """The value as a request may hold it."""
    if isinstance(value, dict) and node is not None:
        places = ((key, child, node.child(key, value)) for key, child in value.items())
        return {key: without_read_only(child, place) for key, child, place in places if not (place and place.read_only)}
    if isinstance(value, list) and node is not None:
        return [without_read_only(each, node.element) for each in value]
    return value


@dataclass(frozen=True)
class Project:
    """Files of one assistant in memory."""

    files: Mapping[str, str]
    variables: Mapping[str, Any]

    def loader(self, texts: Mapping[str, str]) -> Loader:
        return Loader(MemoryTree({**self.files, **texts}), variables=self.variables, environ=None)

    def load(self, texts: Mapping[str, str]) -> Document:
        loader = self.loader(texts)
        return loader.load("a.yaml").with_defaults(loader.load("revox-sync.yaml"))


class Speller:
    """Spells the fields of an assistant, each in a style of its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._own = ["# head"]
        self._shared: dict[str, list[str]] = {"include": ["# shared"], "merge": ["merged:"], "default": ["defaults:"]}
        self._texts: dict[str, str] = {}
        self._variables: dict[str, Any] = {}

    def add(self, key: str, value: Any, style: str) -> None:
        """Spell a field in a style, if it can be."""
        if style in self._shared:
            indent = 0 if style == "include" else 2
            self._shared[style].append(" " * indent + f"{key}:{behind_key(value, indent, self._layout)}")
        if style == "file" and isinstance(value, str) and "\r" not in value:
            self._texts[f"{key}.md"] = value
            self._own.append(f"{key}: !file {key}.md # file")
        elif style == "var" and SPELT not in str(value):
            self._variables[key] = value
            self._own.append(f"{key}: !var {key} # var")
        elif style == "include":
            self._own.append(f"{key}: !include inc.yaml#/{key} # inc")
        elif style == "flow":
            self._own.append(f"{key}: {write_flow(value)} # flow")
        elif style not in self._shared:
            self._own += [f"# about {key}", f"{key}:{behind_key(value, 0, self._layout)}"]

    def project(self) -> Project:
        """All fields together."""
        merged, defaults = self._shared["merge"], self._shared["default"]
        own = [*self._own, "<<: !include inc.yaml#/merged"] if merged[1:] else self._own
        included = [*self._shared["include"], *(merged if merged[1:] else ())]
        files = {"a.yaml": own, "inc.yaml": included, "revox-sync.yaml": [*defaults, "  {}"][: max(len(defaults), 2)]}
        texts = {path: self._layout.line_break.join([*lines, ""]) for path, lines in files.items()}
        secret = {path: text.replace(SPELT, "!env KEY") for path, text in texts.items()}
        return Project({**self._texts, **secret}, self._variables)


@st.composite
def projects(draw: st.DrawFn, value: dict[str, Any]) -> Project:
    """The value spelt in a project: in blocks or brackets, in other files, in variables, as defaults."""
    speller = Speller(Layout(line_break=draw(st.sampled_from(["\n", "\r\n"]))))
    for key, child in hidden(value, ROOT, SPELT).items():
        speller.add(key, child, draw(st.sampled_from(STYLES)))
    return speller.project()


def pull(
    project: Project, texts: Mapping[str, str], server: Mapping[str, Any], entry: LockEntry | None, options: PullOptions
) -> tuple[PullChanges, PullEdits]:
    document = project.load(texts)
    assert isinstance(document.value, dict)
    remote = Remote("asst_1", str(server["name"]), wrap_schema_secrets(dict(server), ROOT))
    asked = pull_changes(document.value, _match(entry, remote), remote, _request(), options)

    def check(changed: Mapping[str, str]) -> str | None:
        return None if contract(None).is_valid(plain_json(project.load({**texts, **changed}).value)) else "invalid"

    editor = PullEditor(document, project.loader(texts), lambda _: True, check, inline=options.inline)
    draft = editor.draft(asked.groups)
    return asked, PullEdits(draft.texts, draft.groups, (*draft.left, *map(editor.undeclared, asked.undeclared)))


def _match(entry: LockEntry | None, remote: Remote) -> Match:
    return Match("a", MatchKind.LOCKED if entry else MatchKind.ADOPTED, remote, entry)


def _request() -> Node:
    return Node(contract(None).schema, contract(None).schema)


def declared(document: Document) -> dict[str, Any]:
    value: dict[str, Any] = wrap_schema_secrets(document.value, ROOT)
    return value


@EFFORT
@given(st.data(), assistants(), assistants(), assistants(), OPTIONS, st.booleans())
def test_what_differs_after_a_pull_was_reported(  # noqa: PLR0917  hypothesis draws them
    data: st.DataObject,
    body: dict[str, Any],
    dashboard: dict[str, Any],
    desk: dict[str, Any],
    options: PullOptions,
    locked: bool,  # noqa: FBT001  hypothesis passes by name
) -> None:
    applied = data.draw(projects(body))
    before = served(body)
    remote = Remote("asst_1", body["name"], wrap_schema_secrets(before, ROOT))
    entry = entry_in_sync(declared(applied.load({})), remote, None, frozenset()) if locked else None
    server = data.draw(edited(before, served(dashboard)))
    project = data.draw(projects(data.draw(edited(body, desk)))) if data.draw(st.booleans()) else applied
    assume(contract(None).is_valid(plain_json(project.load({}).value)))
    asked, draft = pull(project, {}, server, entry, options)
    assert not any(REAL in text for text in draft.texts.values())
    assert "revox-sync.yaml" not in draft.texts
    assert "inc.yaml" not in draft.texts
    assert not (options.theirs and asked.conflicts)

    first, after = project.load({}), project.load(draft.texts)
    now = Remote("asst_1", server["name"], wrap_schema_secrets(server, ROOT))
    units = [each.pointer for each in draft.groups]
    remembered = pulled_entry(declared(after), _match(entry, now), now, units) or entry
    assert declared(after) == wrap_schema_secrets(with_groups(first.value, draft.groups), ROOT)
    told = {*map(dotted, (*asked.conflicts, *asked.local)), *(each.path for each in draft.left if each.differs)}
    for leaf in compare(declared(after), now.value, remembered, ROOT):
        if leaf.state in EDITED_OUTSIDE | EDITED_LOCALLY:
            path = dotted(leaf.pointer)
            assert any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in told), (leaf, told)
    for pointer in (*asked.conflicts, *asked.local):
        assert value_at(after.value, pointer) == value_at(first.value, pointer)
    assert pull(project, draft.texts, server, remembered, options)[1].texts == {}


@EFFORT
@given(st.data(), assistants(), OPTIONS, st.booleans())
def test_a_pull_after_an_apply_changes_nothing(
    data: st.DataObject,
    body: dict[str, Any],
    options: PullOptions,
    locked: bool,  # noqa: FBT001  hypothesis passes by name
) -> None:
    project, server = data.draw(projects(body)), served(body)
    remote = Remote("asst_1", body["name"], wrap_schema_secrets(server, ROOT))
    entry = entry_in_sync(declared(project.load({})), remote, None, frozenset()) if locked else None
    asked, draft = pull(project, {}, server, entry, options)
    assert (asked.conflicts, asked.local, draft.texts) == ((), (), {})
