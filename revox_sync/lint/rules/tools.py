"""RVX411 to RVX415 and RVX423: what is called over HTTP."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from revox_sync.contract.violation import ViolationKind
from revox_sync.lint.checks.dependent_fields import is_set
from revox_sync.lint.checks.duplicate_entries import duplicates, entry_hit
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.rules.contract import ViolationRule
from revox_sync.lint.subject.field_paths import mappings_at, values_at
from revox_sync.lint.subject.similar_names import misspelt, name_shape
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Braces
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer, value_at

_TOOLS: Final = "custom_tools"
_BODY: Final = "body_template"
_PLACEHOLDER: Final = r"\{\{\s*([^{}\n]*?)\s*\}\}"
# Types of inputs whose values are JSON without quotes; nobody knows the type of what is no input.
_UNQUOTED_TYPES: Final = ("number", "boolean", None)
_TWO_INPUTS: Final = "[{name: topic, type: string, required: true}, {name: count, type: number, required: true}]"
_ONE_INPUT: Final = "[{name: topic_name, type: string, required: true}]"


def _tool(body: str, *, name: str = "open_ticket", method: str = "POST", inputs: str = "[]", url: str = "") -> str:
    return (
        f"  - name: {name}\n    description: Opens a ticket.\n    method: {method}\n"
        f"    url: {url or 'https://api.example.com/tickets'}\n    headers: []\n    query_params: []\n"
        f"    input_schema: {inputs}\n    body_template: {body}"
    )


def _example(*tools: str, at: str = "", says: str = "", fix: tuple[str, str] | None = None) -> Example:
    return with_fields("\n".join(("custom_tools:", *tools)), at, says, fix=fix)


def _tools(subject: Subject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    return mappings_at(subject.value, (_TOOLS, None))


def _inputs(tool: Mapping[str, Any]) -> dict[str, Any]:
    """Types of a tool's inputs by name."""
    fields = [field for _, field in mappings_at(tool, ("input_schema", None))]
    return {field["name"]: field.get("type") for field in fields if isinstance(field.get("name"), str)}


class DuplicateTool(FileRule):
    """Two tools have the same name.

    What it finds: a name in `custom_tools` that an earlier tool also has.

    Why it matters: the model calls tools by name, so one of the two is never called, and the API requires names to be
    unique.

    Instead: name each tool after what it does.
    """

    code, name, looks_at = "RVX411", "duplicate-tool", (_TOOLS,)
    VALID = (_example(_tool("null"), _tool("null", name="close_ticket")),)
    INVALID = (
        _example(_tool("null"), _tool("null", method="PUT"), at="12:11", says="`open_ticket`"),
        _example(
            _tool("null"),
            _tool("null"),
            at="12:5",
            says="remove the repeat",
            fix=(f"{_tool('null')}\n{_tool('null')}", _tool("null")),
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        names = values_at(subject.value, (_TOOLS, None, "name"))
        for duplicate in duplicates((at, name) for at, name in names if subject.is_known(at)):
            yield entry_hit(subject, subject.value[_TOOLS], duplicate, "tool")


class ToolName(ViolationRule):
    """A tool's name that is not in lowercase_snake_case.

    What it finds: names in `custom_tools` with capitals, blanks, dashes or accents.

    Why it matters: the API refuses the assistant.

    Instead: write lower-case words with `_` between them: `check_inventory`.
    """

    code, name, kind, form = "RVX412", "tool-name", ViolationKind.INVALID_FORMAT, "snake-case"
    VALID = (_example(_tool("null", name="open_ticket_2")),)
    INVALID = (
        _example(_tool("null", name="openTicket"), at="4:11", says="`open_ticket`"),
        _example(_tool("null", name="Öffne-Ticket 2"), at="4:11", says="`offne_ticket_2`"),
        _example(_tool("null", name="!"), at="4:11", says="`check_inventory`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for hit, violation in self.found(subject):
            name = value_at(subject.value, violation.pointer)
            own = _snake_case(name) if isinstance(name, str) else ""
            yield hit._replace(label=f"write `{own}`") if own else hit


def _snake_case(name: str) -> str:
    """A tool's name as the API accepts it; empty where it has no letter to begin with."""
    import unicodedata

    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", letters)
    return re.sub(r"^[0-9_]+", "", "_".join(words).lower())


class BodyIsNotJson(FileRule):
    """A body template that is not JSON.

    What it finds: a `body_template` that is not valid JSON once its placeholders are filled in, and placeholders for
    texts that have no quotes around them. A placeholder without quotes is fine where the input is a number or a
    boolean.

    Why it matters: the endpoint refuses the request in the middle of a call, and the agent has nothing to say.

    Instead: correct the marked place. Quote placeholders: `"{{city}}"`.
    """

    code, name, looks_at = "RVX413", "body-is-not-json", (_TOOLS,)
    VALID = (
        _example(_tool("""'{"topic": "{{topic}}", "count": {{ count }}}'""", inputs=_TWO_INPUTS)),
        _example(_tool("""'[{"id": "t-{{topic}}-{{count}}", "any": null}]'""", inputs=_TWO_INPUTS)),
    )
    INVALID = (
        _example(_tool("""'{"topic": {{topic}}}'""", inputs=_TWO_INPUTS), at="11:31", says="without quotes"),
        _example(_tool("""'{"topic": "a",}'"""), at="11:35", says="not valid JSON"),
        _example(_tool("|-\n      {\n        'a': 1\n      }"), at="13:9", says="double quotes"),
        _example(_tool("topic=a&count=1"), at="11:20", says="not valid JSON"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, tool in _tools(subject):
            body, pointer = tool.get(_BODY), (*at, _BODY)
            # The body of a GET request is not sent, and RVX415 reports it.
            if isinstance(body, str) and is_set(body) and tool.get("method") != "GET" and subject.fits(pointer):
                fault = _json_fault(body, _inputs(tool))
                if fault is not None:
                    message, label, start, end = fault
                    yield Hit(message, label, subject.locate_text(pointer, start, end))


def _json_fault(body: str, inputs: Mapping[str, Any]) -> tuple[str, str, int, int] | None:
    """What keeps a body from being JSON: message, label, and offsets in the body; None when it is JSON."""

    def filling(found: re.Match[str]) -> str:
        # As long as the placeholder, so that offsets stay. A word is JSON inside quotes only, 0 is JSON everywhere.
        length = len(found[0])
        return "0".ljust(length) if inputs.get(found[1]) in _UNQUOTED_TYPES else "x" * length

    # Numbers stay texts: converting a very long one takes Python long, or raises.
    try:
        json.loads(re.sub(_PLACEHOLDER, filling, body), parse_int=str, parse_float=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        found = re.match(_PLACEHOLDER, body[error.pos :])
        if found is not None:
            return f"`{found[0]}` is a text without quotes", "quote it", error.pos, error.pos + found.end()
        start, reason = min(error.pos, len(body) - 1), error.msg[0].lower() + error.msg[1:]
        return f"the body is not valid JSON: {reason}", "correct the marked place", start, start + 1
    except (ValueError, RecursionError):
        message = "the body is not valid JSON: it is nested too deeply, or contains `NaN` or `Infinity`"
        return message, "correct the marked place", 0, len(body)
    return None


def _refuse(constant: str) -> None:
    # Python reads `NaN` and `Infinity`, which JSON does not know.
    raise ValueError(constant)


class ToolVariableFromNowhere(FileRule):
    """A tool uses a variable that nothing fills.

    What it finds: a placeholder in a tool's URL, headers, parameters or body that is neither an input of that tool nor
    used anywhere else in the assistant. It is a warning where an input has nearly that name, else a hint, since a call
    may bring any variable. In headers only the former is reported, because calls bring their tokens there. Where the
    project lists its variables, RVX203 reports it instead.

    Why it matters: the request is sent with a gap in it.

    Instead: add the name to the tool's `input_schema`, or use the name of an input.
    """

    code, name, severity, looks_at = "RVX414", "tool-variable-from-nowhere", Severity.INFO, (_TOOLS,)
    VALID = (
        Example(
            "name: A\nprompt: Ask about {{ticket}}.\ncustom_tools:\n"
            + _tool("null", inputs=_TWO_INPUTS, url="https://api.example.com/{{ ticket }}/{{topic}}")
        ),
    )
    INVALID = (
        _example(
            _tool("null", inputs=_ONE_INPUT, url="https://api.example.com/{{topc_name}}"),
            at="7:34",
            says="did you mean `topic_name`?",
        ),
        _example(_tool("null", url="https://api.example.com/{{ticket}}"), at="7:34", says="every call"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        inputs = {at: _inputs(tool) for at, tool in _tools(subject)}
        if subject.variables or not inputs:
            return
        texts = subject.texts.placeholders
        elsewhere = {braces.name for text, found in texts if text.pointer[0] != _TOOLS for braces in found}
        # Each name once per tool.
        unknown: dict[tuple[Pointer, str], Braces] = {}
        for text, placeholders in texts:
            tool = text.pointer[:2]
            known = {*elsewhere, *inputs.get(tool, ())}
            for braces in placeholders if (text.node.variables or {}).get("tool_inputs") else ():
                # RVX204 reports a name that differs only in case or separators.
                if braces.name not in known and name_shape(braces.name) not in map(name_shape, known):
                    unknown.setdefault((tool, braces.name), braces)
        for (tool, name), braces in unknown.items():
            pointer, meant = braces.of.pointer, misspelt(name, inputs.get(tool, ()))
            if subject.fits(pointer) and (meant or pointer[2] != "headers"):
                label = f"did you mean `{meant}`?" if meant else "add it to `input_schema`, unless every call brings it"
                message = f"`{name}` is not an input of this tool and is used nowhere else"
                location = subject.locate_text(pointer, *braces.span(2))
                yield Hit(message, label, location, severity=Severity.WARNING if meant else None)


class GetWithBody(FileRule):
    """A GET request with a body.

    What it finds: a `body_template` in a tool with `method: GET`.

    Why it matters: most servers ignore the body of a GET request, some refuse it.

    Instead: move the values into `query_params`, or use `POST`.
    """

    code, name, severity, looks_at = "RVX415", "get-with-body", Severity.WARNING, (_TOOLS,)
    VALID = (_example(_tool("null", method="GET")), _example(_tool("'{}'", method="DELETE")))
    INVALID = (
        _example(
            _tool("""'{"a": 1}'""", method="GET"), at="11:5", says="`query_params`", fix=("""'{"a": 1}'""", "null")
        ),
        _example(_tool("no json", method="GET"), at="11:5", says="GET", fix=("no json", "null")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, tool in _tools(subject):
            pointer = (*at, _BODY)
            if tool.get("method") == "GET" and is_set(tool.get(_BODY)) and subject.fits(pointer):
                method = Related("the method", subject.locate((*at, "method")).place)
                # Unsafe, because the method may be the mistake.
                fix = Fix("send no body", (SetValue(pointer, None),), safe=False)
                label = "move its values to `query_params`, or use `POST`"
                yield Hit("a GET request has no body", label, subject.locate(pointer, key=True), (method,), fix=fix)


class LookUpWithoutPhone(ViolationRule):
    """A look-up URL that does not say who calls.

    What it finds: a `precall_lookup_url` that is not an http(s) URL, or does not contain `{{phone}}`.

    Why it matters: the API refuses the assistant. Without the number the look-up would not know whom to look up.

    Instead: put `{{phone}}` where the number belongs, exactly so: `https://crm.example.com/lookup?phone={{phone}}`.
    """

    code, name, kind, form = "RVX423", "look-up-without-phone", ViolationKind.INVALID_FORMAT, "lookup-url"
    VALID = (with_fields("precall_lookup_url: https://crm.example.com/{{phone}}"),)
    INVALID = (
        with_fields("precall_lookup_url: https://crm.example.com/", "3:21", "`{{phone}}`"),
        with_fields("precall_lookup_url: crm.example.com/{{phone}}", "3:21", "http(s)"),
    )
