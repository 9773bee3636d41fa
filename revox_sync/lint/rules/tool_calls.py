"""RVX427 and RVX428: what prompts say about custom tools."""

from collections.abc import Iterator, Mapping
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.checks.tool_calls import ToolCall, tool_calls
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit
from revox_sync.lint.subject.field_paths import mappings_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Text
from revox_sync.values.did_you_mean import did_you_mean

_TOOLS: Final = "custom_tools"
_ONE_TOOL: Final = """custom_tools:
  - name: check_stock
    description: Counts what is left of an article.
    method: GET
    url: https://api.example.com/stock
    headers: []
    query_params: [{key: article, value: "{{article}}"}]
    input_schema: [{name: article, type: string, required: true}, {name: size, type: string, required: false}]
    body_template: null
"""


def _example(sentence: str, at: str = "", says: str = "") -> Example:
    return Example(f"name: A\nprompt: |\n  {sentence}\n{_ONE_TOOL}", at, says)


def _calls(subject: Subject) -> Iterator[tuple[Text, ToolCall, Mapping[str, frozenset[str]]]]:
    """Calls in texts that reach the model, each with the names of all inputs by tool."""
    tools = {
        tool["name"]: frozenset(
            field["name"]
            for _, field in mappings_at(tool, ("input_schema", None))
            if isinstance(field.get("name"), str)
        )
        for _, tool in mappings_at(subject.value, (_TOOLS, None))
        if isinstance(tool.get("name"), str)
    }
    # Without custom tools the prompt may be one that was copied whole, and nothing says which tools it means.
    for text in subject.texts.known if tools else ():
        if text.node.variables and text.pointer[0] != _TOOLS:
            yield from ((text, call, tools) for call in tool_calls(text.text))


def _shown(names: frozenset[str] | Mapping[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


class UnknownTool(FileRule):
    """A tool that the prompt calls and the assistant lacks.

    What it finds: in an assistant with `custom_tools`, "call", "use" or "run" in one of eight languages with a name and
    brackets, such as `check_stock(size)`, where no tool has that name. Tools that Revox brings, such as `end_call`, are
    known.

    Why it matters: the model has nothing to call, so it says that it did, or stops.

    Instead: write the name of a tool, or declare it in `custom_tools`.
    """

    code, name, severity, looks_at = "RVX427", "unknown-tool", Severity.WARNING, (_TOOLS,)
    VALID = (
        _example("First call `check_stock(article, size)`, then end_call()."),
        _example("Call the guest (by first name). Use silence (two seconds)."),
        _example("Appelle le service « ventes » (poste 12), puis check_stock(article)."),
    )
    INVALID = (
        _example("First call check_orders(phone), then greet.", "3:14", "`check_orders`"),
        _example("Rufe check_stok(article) auf.", "3:8", "did you mean `check_stock`"),
        _example("Appelle la fonction commander(article).", "3:23", "`check_stock`"),
        _example("Ejecuta `buscar_pedido(numero)`.", "3:12", "`buscar_pedido`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        known = frozenset(assistant_node().properties[_TOOLS].schema["x-built-in"])
        reported: set[str] = set()
        for text, call, tools in _calls(subject):
            if call.name not in tools and call.name not in known and call.name not in reported:
                reported.add(call.name)
                label = did_you_mean(call.name, [*tools, *known]) or f"there are {_shown(tools)}"
                location = subject.locate_text(text.pointer, call.start, call.start + len(call.name))
                yield Hit(f"the assistant has no tool `{call.name}`", label, location)


class UnknownArgument(FileRule):
    """An argument that a tool does not take.

    What it finds: in a call that the prompt describes, such as `check_stock(article, colour)`, a name that the tool's
    `input_schema` lacks. Values in quotes and numbers are not judged.

    Why it matters: the model cannot pass it, so what the prompt relies on never reaches the tool.

    Instead: use the names of `input_schema`, or add one.
    """

    code, name, severity, looks_at = "RVX428", "unknown-argument", Severity.WARNING, (_TOOLS,)
    VALID = (_example("Call check_stock(article: string, size=M), then check_stock('A-12', 3)."),)
    INVALID = (
        _example("Call check_stock(article, colour).", "3:29", "`colour`"),
        _example("Rufe check_stock(artikel) auf.", "3:20", "did you mean `article`"),
        _example("Utilise check_stock(article, taille) une fois.", "3:32", "`article`, `size`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text, call, tools in _calls(subject):
            inputs = tools.get(call.name)
            for name, start in (call.arguments or ()) if inputs is not None else ():
                if name not in (inputs or ()):
                    label = did_you_mean(name, inputs or ()) or f"it takes {_shown(inputs or frozenset())}"
                    location = subject.locate_text(text.pointer, start, start + len(name))
                    yield Hit(f"`{call.name}` takes no `{name}`", label, location)
