"""RVX429 to RVX431: the graph of the visual prompt editor."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from revox_sync.lint.checks.duplicate_entries import duplicates, entry_hit
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit, with_fields
from revox_sync.lint.subject.field_paths import mappings_at, values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.problem import Related
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import Pointer

_FLOW: Final = "prompt_flow"
_LISTS: Final = (("nodes", "node"), ("edges", "edge"))


def _example(nodes: str, edges: str, at: str = "", says: str = "") -> Example:
    """A flow with a node for each word, and an edge for each `id:source>target`."""
    written = [
        f"    - {{id: {name}, type: promptBlock, position: {{x: 0, y: 0}}, data: {{title: T, body: Ask for {name}.}}}}"
        for name in nodes.split()
    ]
    lines = [f"    - {{id: {word.replace(':', ', source: ').replace('>', ', target: ')}}}" for word in edges.split()]
    nodes_and_edges = "\n".join(["  nodes:", *written, "  edges:" + ("" if lines else " []"), *lines])
    return with_fields(f"prompt_flow:\n{nodes_and_edges}", at, says)


def _nodes(subject: Subject) -> dict[str, Pointer]:
    """Pointers of the nodes by id, in order; of two with one id the first."""
    found: dict[str, Pointer] = {}
    for pointer, name in values_at(subject.value, (_FLOW, "nodes", None, "id")):
        if isinstance(name, str):
            found.setdefault(name, pointer)
    return found


class DuplicateFlowId(FileRule):
    """Two nodes or two edges of a flow have the same id.

    What it finds: an `id` in `prompt_flow.nodes`, or in `prompt_flow.edges`, that an earlier one also has.

    Why it matters: the editor, and every comparison of two versions, tells them apart by their ids, so one is lost.

    Instead: give each its own id.
    """

    code, name, severity, looks_at = "RVX429", "duplicate-flow-id", Severity.WARNING, (_FLOW,)
    VALID = (_example("hallo bonjour", "hallo:hallo>bonjour"),)
    INVALID = (
        _example("saludo precio saludo", "e1:saludo>precio", "7:12", "`saludo`"),
        _example("a b c", "e1:a>b e1:b>c", "10:12", "`e1`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for key, noun in _LISTS:
            ids = values_at(subject.value, (_FLOW, key, None, "id"))
            for duplicate in duplicates(ids):
                # Without a fix: nobody knows which of the two the edges mean.
                hit = entry_hit(subject, subject.value[_FLOW][key], duplicate, noun)
                yield hit._replace(
                    fix=None, location=subject.locate(duplicate.pointer), label="give it an id of its own"
                )


class EdgeToNowhere(FileRule):
    """An edge that leads from or to a node that does not exist.

    What it finds: a `source` or `target` in `prompt_flow.edges` that is the id of no node.

    Why it matters: the editor drops the edge, and with it the order in which the steps were meant.

    Instead: write the id of a node, or delete the edge.
    """

    code, name, severity, looks_at = "RVX430", "edge-to-nowhere", Severity.WARNING, (_FLOW,)
    VALID = (_example("début fin", "e:début>fin"),)
    INVALID = (
        _example("anfang ende", "e:anfang>ende f:anfang>ednde", "9:39", "did you mean `ende`?"),
        _example("inizio fine", "e:inizio>fine f:menu>fine", "9:23", "`menu`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        nodes = _nodes(subject)
        for end in ("source", "target"):
            for pointer, name in values_at(subject.value, (_FLOW, "edges", None, end)):
                if isinstance(name, str) and name not in nodes and subject.fits(pointer):
                    label = did_you_mean(name, nodes) or "write the id of a node, or delete the edge"
                    yield Hit(f"no node has the id `{name}`", label, subject.locate(pointer))


class UnreachableNode(FileRule):
    """A node that no way leads to.

    What it finds: nodes of `prompt_flow` that cannot be reached from its start, which is the node without an incoming
    edge that leads to most others. A node without any edge is lost where there are others. Nodes that are connected
    with each other are one finding.

    Why it matters: it looks like a step of the conversation and is none.

    Instead: connect it with the step before it, or delete it.
    """

    code, name, severity, looks_at = "RVX431", "unreachable-node", Severity.WARNING, (_FLOW,)
    VALID = (_example("a", ""), _example("a b c", "e1:a>b e2:b>c e3:c>a"))
    INVALID = (
        _example("powitanie ocena powód", "e:powitanie>ocena", "7:12", "`powód`"),
        _example("a b c d", "e1:a>b e2:c>d", "7:12", "`c`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        nodes = _nodes(subject)
        edges = [
            (edge["source"], edge["target"])
            for _, edge in mappings_at(subject.value, (_FLOW, "edges", None))
            if edge.get("source") in nodes and edge.get("target") in nodes
        ]
        lost = [*nodes.keys() - _reached(_start(nodes, edges), edges)] if len(nodes) > 1 else []
        neighbours = [*edges, *((target, source) for source, target in edges)]
        for name in sorted(lost, key=[*nodes].index):
            group = _reached(name, neighbours).intersection(lost)
            first, *others = sorted(group, key=[*nodes].index)
            if name == first:
                related = tuple(Related("nor this one", subject.locate(nodes[other]).place) for other in others)
                message = f"no way leads from the start of the flow to `{name}`"
                yield Hit(message, "connect it, or delete it", subject.locate(nodes[name]), related)


def _start(nodes: Mapping[str, Pointer], edges: list[tuple[str, str]]) -> str:
    incoming = Counter(target for source, target in edges if source != target)
    connected = [name for name in nodes if any(name in edge for edge in edges)] or [*nodes]
    # A circle has no beginning, so then every node may be the start.
    candidates = [name for name in connected if not incoming[name]] or connected
    return max(candidates, key=lambda name: len(_reached(name, edges)))


def _reached(start: str, edges: list[tuple[str, str]]) -> set[str]:
    """The nodes that edges lead to from a node, that node among them."""
    following: dict[str, list[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    reached, waiting = {start}, [start]
    while waiting:
        new = [target for target in following.get(waiting.pop(), ()) if target not in reached]
        reached.update(new)
        waiting += new
    return reached
