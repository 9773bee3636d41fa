"""RVX411 to RVX415 and RVX423: what is called over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from revox_sync.contract.violation import ViolationKind
from revox_sync.lint.checks.dependent_fields import is_set
from revox_sync.lint.checks.duplicate_entries import DuplicateRule, duplicates
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.rules.contract import ViolationRule
from revox_sync.lint.subject.field_paths import list_entries, values_at
from revox_sync.lint.subject.similar_names import misspelt, name_shape
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Braces, placeholders_in
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer

TOOLS: Final = "custom_tools"
BODY: Final = "body_template"
PLACEHOLDER: Final = r"\{\{\s*([^{}\n]*?)\s*\}\}"
BARE_TYPES: Final = ("number", "boolean")
"""Types of inputs whose values are JSON without quotes."""


def _tool(body: str, *, name: str = "open_ticket", method: str = "POST", inputs: str = "[]", url: str = "") -> str:
    return (
        f"  - name: {name}\n    description: Opens a ticket.\n    method: {method}\n"
        f"    url: {url or 'https://api.example.com/tickets'}\n    headers: []\n    query_params: []\n"
        f"    input_schema: {inputs}\n    body_template: {body}\n"
    )


HEAD: Final = "name: Support\nprompt: Help the caller.\ncustom_tools:\n"
TWO_INPUTS: Final = "[{name: topic, type: string, required: true}, {name: count, type: number, required: true}]"

ONE_INPUT: Final = "[{name: topic_name, type: string, required: true}]"


def _tools(subject: Subject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for at, tools in values_at(subject.value, (TOOLS,)):
        yield from list_entries(tools, at)


def _inputs(tool: Mapping[str, Any]) -> dict[str, Any]:
    """Types of a tool's inputs by name."""
    fields = (field for _, field in list_entries(tool.get("input_schema")))
    return {field["name"]: field.get("type") for field in fields if isinstance(field.get("name"), str)}


class DuplicateTool(DuplicateRule):
    """Two tools have one name.

    What it finds: a name in `custom_tools` that an earlier tool has, too.

    Why it matters: the model calls tools by name, so one of the two is never called, and the API wants names to be
    unique.

    Instead: name each tool after what it does.
    """

    code, name, looks_at = "RVX411", "duplicate-tool", (TOOLS,)
    VALID = (Example(HEAD + _tool("null") + _tool("null", name="close_ticket")),)
    INVALID = (
        Example(HEAD + _tool("null") + _tool("null", method="PUT"), at="12:11", says="`open_ticket`"),
        Example(HEAD + _tool("null") + _tool("null"), at="12:5", says="remove the repeat", fixed=HEAD + _tool("null")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Names that are there already."""
        names = (((*at, "name"), tool.get("name")) for at, tool in _tools(subject) if subject.is_known((*at, "name")))
        for twin in duplicates(names):
            yield self.in_list(subject, subject.value[TOOLS], twin, "tool")


class ToolName(ViolationRule):
    """A tool's name that is not lowercase_snake_case.

    What it finds: names in `custom_tools` with capitals, blanks, dashes or accents.

    Why it matters: the API refuses the assistant.

    Instead: write lower-case words with `_` between them: `check_inventory`.
    """

    code, name, kind, form = "RVX412", "tool-name", ViolationKind.INVALID_FORMAT, "snake-case"
    VALID = (Example(HEAD + _tool("null", name="open_ticket_2")),)
    INVALID = (
        Example(HEAD + _tool("null", name="openTicket"), at="4:11", says="lowercase_snake_case"),
        Example(HEAD + _tool("null", name="Ouvrir un ticket"), at="4:11", says="`check_inventory`"),
    )


class BodyIsNotJson(FileRule):
    """A body template that is no JSON.

    What it finds: a `body_template` that no JSON parser reads once its placeholders are filled in, and placeholders
    for texts that stand without quotes. A placeholder without quotes is fine where the input is a number or a boolean.

    Why it matters: the endpoint refuses the request in the middle of a call, and the agent has nothing to say.

    Instead: mend the marked place. Quote placeholders: `"{{city}}"`.
    """

    code, name, looks_at = "RVX413", "body-is-not-json", (TOOLS,)
    VALID = (
        Example(HEAD + _tool("""'{"topic": "{{topic}}", "count": {{ count }}}'""", inputs=TWO_INPUTS)),
        Example(HEAD + _tool("""'[{"id": "t-{{topic}}-{{count}}", "any": null}]'""", inputs=TWO_INPUTS)),
    )
    INVALID = (
        Example(HEAD + _tool("""'{"topic": {{topic}}}'""", inputs=TWO_INPUTS), at="11:31", says="without quotes"),
        Example(HEAD + _tool("""'{"topic": "a",}'"""), at="11:35", says="no JSON"),
        Example(HEAD + _tool("|-\n      {\n        'a': 1\n      }"), at="13:9", says="double quotes"),
        Example(HEAD + _tool("topic=a&count=1"), at="11:20", says="no JSON"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Bodies that are sent and cannot be read."""
        for at, tool in _tools(subject):
            body, place = tool.get(BODY), (*at, BODY)
            if isinstance(body, str) and is_set(body) and tool.get("method") != "GET" and subject.fits(place):
                fault = _json_fault(body, _inputs(tool))
                if fault is not None:
                    message, start, end = fault
                    label = "quote it" if "quotes" in message else "mend the marked place"
                    yield Hit(message, label, subject.document.locate_text(place, start, end))


def _json_fault(body: str, inputs: Mapping[str, Any]) -> tuple[str, int, int] | None:
    """What keeps a body from being JSON, with offsets in it; None when it is JSON."""
    # Fillings are as long as the placeholders, so offsets stay: a bare word is JSON inside quotes only, 0 everywhere.
    filled = re.sub(PLACEHOLDER, lambda found: _filling(found[0], inputs.get(found[1])), body)
    try:
        json.loads(filled, parse_int=str, parse_float=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        found = re.match(PLACEHOLDER, body[error.pos :])
        if found is not None:
            return f"`{found[0]}` is a text and stands without quotes", error.pos, error.pos + found.end()
        reason = error.msg[0].lower() + error.msg[1:]
        return f"the body is no JSON: {reason}", min(error.pos, len(body) - 1), min(error.pos + 1, len(body))
    except (ValueError, RecursionError):
        return "the body is no JSON: it is nested too deeply, or holds `NaN` or `Infinity`", 0, len(body)
    return None


def _filling(placeholder: str, kind: Any) -> str:
    if kind is None or kind in BARE_TYPES:
        return "0".ljust(len(placeholder))
    return "x" * len(placeholder)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


class ToolVariableFromNowhere(FileRule):
    """A tool uses a variable that nothing fills.

    What it finds: a placeholder in a tool's URL, headers, parameters or body that is neither an input of that tool nor
    used anywhere else in the assistant. It is a warning where an input has nearly that name; else a hint, since a call
    may bring any variable, and no word in headers, where calls bring their tokens. Where the project lists its
    variables, RVX203 says this.

    Why it matters: the request is sent with a gap in it.

    Instead: add the name to the tool's `input_schema`, or use the name of an input.
    """

    code, name, severity = "RVX414", "tool-variable-from-nowhere", Severity.INFO
    looks_at = (TOOLS,)
    VALID = (
        Example(
            "name: A\nprompt: Ask about {{ticket}}.\ncustom_tools:\n"
            + _tool("null", inputs=TWO_INPUTS, url="https://api.example.com/{{ ticket }}/{{topic}}")
        ),
    )
    INVALID = (
        Example(
            HEAD + _tool("null", inputs=ONE_INPUT, url="https://api.example.com/{{topc_name}}"),
            at="7:34",
            says="did you mean `topic_name`?",
        ),
        Example(HEAD + _tool("null", url="https://api.example.com/{{ticket}}"), at="7:34", says="every call"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Placeholders of tools, each name once per tool."""
        if subject.variables or not any(_tools(subject)):
            return
        named = subject.texts.named
        elsewhere = {name for text, names in named if text.pointer[0] != TOOLS for name in names}
        inputs = {at: _inputs(tool) for at, tool in _tools(subject)}
        unknown: dict[tuple[Pointer, str], Braces] = {}
        for text, names in named:
            known = {*elsewhere, *inputs.get(text.pointer[:2], ())}
            if (text.node.variables or {}).get("tool_inputs") and not known.issuperset(names):
                for each in placeholders_in(text):
                    # One that differs in case or separators only is RVX204's.
                    if each.name not in known and name_shape(each.name) not in map(name_shape, known):
                        unknown.setdefault((text.pointer[:2], each.name), each)
        for (tool, _), each in unknown.items():
            meant = misspelt(each.name, inputs.get(tool, ()))
            if subject.fits(each.of.pointer) and (meant or each.of.pointer[2] != "headers"):
                yield self._hit(subject, each, meant)

    def _hit(self, subject: Subject, braces: Braces, meant: str | None) -> Hit:
        label = f"did you mean `{meant}`?" if meant else "add it to `input_schema`, unless every call brings it"
        message = f"`{braces.name}` is no input of this tool and used nowhere else"
        location = subject.document.locate_text(braces.of.pointer, *braces.span(2))
        return Hit(message, label, location, severity=Severity.WARNING if meant else None)


class GetWithBody(FileRule):
    """A GET request with a body.

    What it finds: a `body_template` beside `method: GET`.

    Why it matters: most servers ignore the body of a GET request, some refuse it.

    Instead: move the values into `query_params`, or use `POST`.
    """

    code, name, severity, looks_at = "RVX415", "get-with-body", Severity.WARNING, (TOOLS,)
    VALID = (Example(HEAD + _tool("null", method="GET")), Example(HEAD + _tool("'{}'", method="DELETE")))
    INVALID = (
        Example(
            HEAD + _tool("""'{"a": 1}'""", method="GET"),
            at="11:5",
            says="`query_params`",
            fixed=HEAD + _tool("null", method="GET"),
        ),
        Example(HEAD + _tool("no json", method="GET"), at="11:5", says="GET", fixed=HEAD + _tool("null", method="GET")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Bodies that are not sent, or not read."""
        for at, tool in _tools(subject):
            place = (*at, BODY)
            if tool.get("method") == "GET" and is_set(tool.get(BODY)) and subject.fits(place):
                method = Related("the method", subject.document.locate((*at, "method")).place)
                fix = Fix("send no body", (SetValue(place, None),), safe=False)
                message, label = "a GET request has no body", "move its values to `query_params`, or use `POST`"
                yield Hit(message, label, subject.document.locate(place, key=True), (method,), fix=fix)


class LookUpWithoutPhone(ViolationRule):
    """A look-up URL that does not say who calls.

    What it finds: a `precall_lookup_url` that is no http(s) URL with `{{phone}}` in it.

    Why it matters: the API refuses the assistant; without the number the look-up could not know whom to look up.

    Instead: put `{{phone}}` where the number belongs, exactly so: `https://crm.example.com/lookup?phone={{phone}}`.
    """

    code, name, kind, form = "RVX423", "look-up-without-phone", ViolationKind.INVALID_FORMAT, "lookup-url"
    VALID = (Example("name: A\nprompt: Hi\nprecall_lookup_url: https://crm.example.com/{{phone}}\n"),)
    INVALID = (
        Example("name: A\nprompt: Hi\nprecall_lookup_url: https://crm.example.com/\n", at="3:21", says="`{{phone}}`"),
        Example("name: A\nprompt: Hi\nprecall_lookup_url: crm.example.com/{{phone}}\n", at="3:21", says="http(s)"),
    )
