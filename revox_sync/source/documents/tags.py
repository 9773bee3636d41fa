"""The project's own tags: `!file`, `!include`, `!env`, `!var`, `!sub`."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from revox_sync.source.files.ignored_files import is_hidden
from revox_sync.source.files.tree import TreeError, leaves_root
from revox_sync.source.model.problem import ProblemKind, Related
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.construct import Builder
from revox_sync.source.yaml.nodes import ENV, FILE, INCLUDE, SUB, VAR, Node, ScalarNode, children, span
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.secret import Secret
from revox_sync.values.walk import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from revox_sync.source.documents.parsed_files import ParsedFiles, TextFile, YamlFile
    from revox_sync.source.model.place import Place, SourceText

# Limits for one document, each use of a file counted. Without them a project of a few files could include itself
# millions of times over.
MAX_INCLUDE_LEVELS: Final = 20
"""Files that include one another."""
MAX_INCLUDED_CHARACTERS: Final = 8 * 1024 * 1024
"""Characters of included files; a small file counts as `_LEAST_CHARGE`."""
_LEAST_CHARGE: Final = 4096
MAX_INCLUDED_NODES: Final = 100_000
"""Nodes of included files that have aliases."""

_ENV_NAME: Final = "[A-Za-z_][A-Za-z0-9_]*"
_VARIABLE_NAME: Final = "[A-Za-z_][A-Za-z0-9_.-]*"
_PLACEHOLDER: Final = r"\$\$\{|\$\{(?:([^{}]*)\})?"


_File = TypeVar("_File", "TextFile", "YamlFile")


class Link(NamedTuple):
    """What a `!file` or `!include` tag stands for: a file, and the node in it; None for the whole text."""

    path: str
    node: Node | None


class _UnresolvedError(Exception):
    """A tag has no value."""

    def __init__(self, message: str, label: str = "") -> None:
        super().__init__()
        self.message = message
        self.label = label


class TagReader(Builder):
    """Builds the value of one document, with the tags of the project resolved.

    Args:
        files: where referenced files come from.
        source: the document's file.
        variables: values for `!var` and `!sub`; None where they are not known.
        environ: values for `!env`; None where environment variables must not be read.

    Attributes beside those of Builder:
        links: target of each resolved `!file` and `!include`, by id of the tag's node.
        sources: every file that was read, by path.
        missing_env: environment variables that are not set, and where they are used.
        uses_variables: whether a `!var` or `!sub` was read.
        uses_secrets: whether an `!env` was read, or a variable that holds a secret.
    """

    own_tags = (FILE, INCLUDE, ENV, VAR, SUB)

    def __init__(
        self,
        files: "ParsedFiles",
        source: "SourceText",
        variables: Mapping[str, Value] | None,
        environ: Mapping[str, str] | None,
    ) -> None:
        super().__init__(source)
        self.links: dict[int, Link] = {}
        self.sources = {source.path: source}
        self.missing_env: list[tuple[str, Place]] = []
        self.uses_variables = False
        self.uses_secrets = False
        self._files = files
        self._variables = variables
        self._environ = environ
        self._active: list[Node] = []
        self._characters_left = MAX_INCLUDED_CHARACTERS
        self._nodes_left = MAX_INCLUDED_NODES

    def resolve(self, node: Node) -> Node | None:
        """The node that an `!include` stands for; None for a `!file`; any other node itself."""
        link = self.links.get(id(node))
        return link.node if link else node

    def read_own_tag(self, node: Node, depth: int) -> Value:
        """The value of a node with one of our tags; Deferred, and a problem, when there is none."""
        try:
            if node.tag == INCLUDE:
                return self._include(node, depth)
            readers = {FILE: self._file, ENV: self._env, VAR: self._var, SUB: self._sub}
            return readers[node.tag](node)
        except _UnresolvedError as error:
            self.links.pop(id(node), None)  # in a circle, links of the first round are there already
            self.report(ProblemKind.UNRESOLVED, error.message, error.label, node)
            return Deferred()

    # --- files

    def _file(self, node: Node) -> Value:
        name = _argument(node, "a path")
        file = self._found(self._files.text, name, self.source)
        self._spend(len(file.source.text), 0)
        self.links[id(node)] = Link(file.source.path, None)
        self.sources[file.source.path] = file.source
        with self._inside(node, self.source, file.source):
            self.adopt(file.problems)
        return file.source.text.replace("\r\n", "\n")

    def _include(self, node: Node, depth: int) -> Value:
        target, source = self._included(node, self.source)
        if target is None:
            return Deferred()
        self.links[id(node)] = Link(source.path, target)
        with self._inside(node, self.source, source):
            return self.build(target, depth + 1)

    def _found(self, read: "Callable[[str], _File]", name: str, source: "SourceText") -> _File:
        """What reading the file gives that a reference in `source` names."""
        path = _target_path(name, source.path)
        # A review shows what a reference brings in. What lies here by chance, such as keys and settings of programs, is
        # nothing to show: only what the project keeps in its repository is.
        if is_hidden(path):
            raise _UnresolvedError(f"`{name}` is a hidden file", "no name in the path may begin with a dot")
        try:
            if self._files.ignored(path):
                raise _UnresolvedError(f"`{name}` is ignored by git", "refer to files that git keeps")
            return read(path)
        except TreeError as error:
            raise _UnresolvedError(f"`{name.strip()}` {error.reason}", "paths are relative to this file") from error

    def _included(self, node: Node, source: "SourceText") -> "tuple[Node | None, SourceText]":
        """Node and file behind an `!include` of `source`; no node where problems of that file say why there is none."""
        if any(active is node for active in self._active):
            raise _UnresolvedError("`!include` leads back to itself", "break the circle")
        if len(self._active) >= MAX_INCLUDE_LEVELS:
            raise _UnresolvedError(f"more than {MAX_INCLUDE_LEVELS} files include one another", "include less deeply")
        name, _, pointer = _argument(node, "a path").partition("#")
        file = self._found(self._files.yaml, name, source)
        target, target_source, problems = file.composition.root, file.source, file.composition.problems
        self._spend(len(target_source.text), file.composition.size)
        self.sources[target_source.path] = target_source
        with self._inside(node, source, target_source):
            self.adopt(problems)
        if target is None and not problems:
            raise _UnresolvedError(f"`{name}` is empty", "write a value into it")
        self._active.append(node)
        try:
            for step in _steps(pointer):
                if target is not None:
                    target, target_source = self._step(target, step, target_source)
        finally:
            self._active.pop()
        return target, target_source

    def _step(self, node: Node, step: str, source: "SourceText") -> "tuple[Node | None, SourceText]":
        """Node and file of an entry of a node, which may be an `!include` itself."""
        if node.tag == INCLUDE:
            target, source = self._included(node, source)
            if target is None:
                return None, source
            node = target
        for name, _, child in children(node, self.resolve):
            if str(name) == step:
                return child, source
        raise _UnresolvedError(f"`{source.path}` has no `{step}` at this pointer", "correct what follows `#`")

    def _spend(self, characters: int, nodes: int) -> None:
        self._characters_left -= max(characters, _LEAST_CHARGE)
        self._nodes_left -= nodes
        if self._characters_left < 0 or self._nodes_left < 0:
            limit = f"{MAX_INCLUDED_CHARACTERS:,} characters or {MAX_INCLUDED_NODES:,} aliased values"
            raise _UnresolvedError(f"this document includes more than {limit}", "include less")

    @contextmanager
    def _inside(self, node: Node, written_in: "SourceText", source: "SourceText") -> Iterator[None]:
        """While the block runs, problems are those of `source`, which `node` includes."""
        # Not undone by an exception: whoever reports it needs to know in which file it happened.
        before = self.source, self.trail
        self.trail = (Related("included from here", span(node, written_in.text, written_in.path)), *self.trail)
        self.source = source
        self._active.append(node)
        yield
        self._active.pop()
        self.source, self.trail = before

    # --- environment and variables

    def _env(self, node: Node) -> Secret:
        name = _argument(node, "the name of an environment variable", _ENV_NAME)
        # CI systems pass an empty variable for a secret that nobody has set.
        value = self._environ.get(name) or None if self._environ is not None else None
        return self._secret(Secret(value, name), node)

    def _secret(self, secret: Secret, node: Node) -> Secret:
        self.uses_secrets = True
        if not secret.known and secret.variable and self._environ is not None:
            self.missing_env.append((secret.variable, span(node, self.source.text, self.source.path)))
        return secret

    def _var(self, node: Node) -> Value:
        self.uses_variables = True
        return self._variable(_argument(node, "the name of a variable", _VARIABLE_NAME), node)

    def _variable(self, name: str, node: Node) -> Value:
        if self._variables is None:
            return Deferred()
        if name not in self._variables:
            from difflib import get_close_matches  # only needed to describe a problem

            near = get_close_matches(name, self._variables, 1)
            label = f"did you mean `{near[0]}`?" if near else "add it to the environment's `vars`"
            raise _UnresolvedError(f"variable `{name}` is not set", label)
        value = self._variables[name]
        for _, part, _ in parts(value):
            if isinstance(part, Secret):
                self._secret(part, node)
        return value

    def _sub(self, node: Node) -> Value:
        self.uses_variables = True
        return _joined([self._part(piece, node) for piece in _template(node)])

    def _part(self, part: str | re.Match[str], node: Node) -> Value:
        """A stretch of text, `${` for its escape, or a variable's value as text."""
        if isinstance(part, str):
            return part
        if part.group() == "$${":
            return "${"
        name = part.group(1)
        if name is None or not re.fullmatch(_VARIABLE_NAME, name):
            label = "write `${name}`, or `$${` for the characters themselves"
            raise _UnresolvedError(f"`{part.group()}` in `!sub` names no variable", label)
        value = self._variable(name, node)
        if isinstance(value, (dict, list)):
            kind = "list" if isinstance(value, list) else "mapping"
            raise _UnresolvedError(f"variable `{name}` is a {kind}, which `!sub` cannot write into a text")
        if isinstance(value, (str, Secret, Deferred)):
            return value
        import json

        return json.dumps(value)


def _argument(node: Node, what: str, pattern: str | None = None) -> str:
    text = node.value.strip() if isinstance(node, ScalarNode) else ""
    if not text or (pattern and not re.fullmatch(pattern, text)):
        raise _UnresolvedError(f"`{node.tag}` needs {what}", f"write `{node.tag} NAME`" if pattern else "")
    return text


def _target_path(reference: str, from_path: str) -> str:
    """Project-relative path that a reference in the file `from_path` means."""
    if "\\" in reference or "\0" in reference:
        shown = reference.replace("\0", "\ufffd")  # terminals show nothing for a NUL
        raise _UnresolvedError(f"`{shown}` is no path", "write paths with `/`")
    if reference.startswith("/") or re.match(r"[A-Za-z]:", reference):
        raise _UnresolvedError(f"`{reference}` is outside the project", "write a path relative to this file")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(from_path), reference))
    if leaves_root(path):
        raise _UnresolvedError(f"`{reference}` is outside the project", "move the file into the project")
    return path


def _steps(pointer: str) -> list[str]:
    """Steps of a JSON pointer (RFC 6901)."""
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise _UnresolvedError(f"`#{pointer}` is no JSON pointer", "start it with `#/`")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _template(node: Node) -> Iterator[str | re.Match[str]]:
    """Stretches of text and placeholders in turn."""
    if not isinstance(node, ScalarNode):
        raise _UnresolvedError("`!sub` needs a text", "write one, with `${name}` in it")
    text = node.value
    end = 0
    for found in re.finditer(_PLACEHOLDER, text):
        yield text[end : found.start()]
        yield found
        end = found.end()
    yield text[end:]


def _joined(parts: list[Value]) -> Value:
    """Text of all parts: not known when one is not, secret when one is."""
    if any(isinstance(part, Deferred) for part in parts):
        return Deferred()
    secrets = [part for part in parts if isinstance(part, Secret)]
    unknown = next((secret for secret in secrets if not secret.known), None)
    if unknown is not None:
        return Secret(None, unknown.variable)
    text = "".join(part.reveal() if isinstance(part, Secret) else str(part) for part in parts)
    return Secret(text, secrets[0].variable) if secrets else text
