"""From an address to the body of `POST /call`: the file as it is now, checked, with every variable filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any, Final

from revox_sync.contract.fields import Node, assistant_node, contract
from revox_sync.errors import BrokenFilesError, RefusedError, UsageError
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.lint.subject.texts import Texts, local_names
from revox_sync.output.text.visible import counted
from revox_sync.remote.redaction.redact import Redactor
from revox_sync.source.model.value import plain_json
from revox_sync.source.workspace import AssistantFile
from revox_sync.sync.comparing.desired import Desired
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.apply.unplannable import unset_variables
from revox_sync.usecases.call.request import CallRequest, require_test_number
from revox_sync.values.address import Selection
from revox_sync.values.credential_patterns import without_credentials
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.secret import MASK, Secret
from revox_sync.values.walk import parts

OUTCOME: Final = "outcome"
OUTPUT: Final = "output."
"""Before the name of a structured output, in `--expect`."""


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A call that is ready to be placed.

    Attributes:
        body: of `POST /call`; secrets are `Secret`.
        number: that is called.
        from_number: that the file calls from; None: the organisation's default.
        cover: masks secrets in what a server says.
    """

    request: CallRequest
    body: Mapping[str, Any]
    number: str
    from_number: str | None
    cover: Callable[[str], str]


def prepare(session: Session, request: CallRequest) -> PreparedCall:
    """Check everything that can be known before anybody is called; no request is sent.

    Raises:
        UsageError: no file has the address, the number or an expectation makes no sense, prompt variables are missing.
        RefusedError: the number is not the project's own, or an environment variable is not set.
        BrokenFilesError: lint finds an error in the file.
    """
    number = require_test_number(request.number, session.workspace.config.safety.test_numbers)
    file = _named_file(session, request.address)
    desired = _checked(session, file)
    if reason := unset_variables(desired):
        raise RefusedError(f"nothing was dialled: {reason}")
    _require_prompt_variables(session, desired, request)
    _require_expectable(session, desired, request.expected)
    # An inline assistant has no name (docs/api.md, "Calls beside assistants").
    inline = {key: value for key, value in desired.declared.items() if key != "name"}
    body = {
        "phone_number": number,
        "assistant": inline,
        **({"prompt_variables": dict(request.variables)} if request.variables else {}),
        # So that whoever receives the webhook can tell a test from a customer.
        "metadata": {"placed_by": "revox-sync call", "address": file.address},
        # Somebody waits beside the phone, whatever the window for customers is.
        "skip_calling_window": True,
    }
    secrets = {part.reveal() for _, part, _ in parts(inline) if isinstance(part, Secret) and part.known}
    redact = Redactor({*secrets, *session.endpoint.secrets})
    sender = inline.get("from_phone_number")
    return PreparedCall(
        request,
        body,
        number,
        sender if isinstance(sender, str) else None,
        lambda text: without_credentials(redact(text), lambda _: MASK),
    )


def _named_file(session: Session, address: str) -> AssistantFile:
    found = session.files(Selection((address,)))
    exact = [file for file in found if file.address == address]
    if len(exact or found) > 1:
        listed = ", ".join(file.address for file in found[:8])
        raise UsageError(f"`{address}` stands for several assistants; a call is of one", hint=f"one of {listed}")
    return (exact or found)[0]


def _checked(session: Session, file: AssistantFile) -> Desired:
    """What the file wants. Shows the errors that lint finds in it, and raises BrokenFilesError where there is one."""
    reader = FileReader(session.workspace, session.environment, [file])
    # What has to be right in any case comes first, because the other rules would say it once more.
    for report in _reports(session, file, reader):
        errors = [finding for finding in report.findings if finding.severity == Severity.ERROR]
        if errors:
            session.show_findings(report._replace(findings=tuple(errors)))
            raise BrokenFilesError(
                f"nothing was dialled: {counted(len(errors), 'error')} in the file",
                hint=f"`revox-sync lint {quote(file.path)}` shows all findings",
            )
    (desired,) = reader.desired()
    return desired


def _reports(session: Session, file: AssistantFile, reader: FileReader) -> Iterator[LintReport]:
    yield session.lint([file], reader)
    yield lint(session.workspace, [file], [session.environment], session.workspace.config.lint)


def _require_prompt_variables(session: Session, desired: Desired, request: CallRequest) -> None:
    """Raises UsageError if the texts have placeholders that nobody fills in; all of them are named."""
    value = plain_json(dict(desired.declared))
    needed: dict[str, None] = {}
    for text, placeholders in Texts(value, ()).placeholders:
        if text.node.variables is not None and text.node.variables.get("prompt_variables"):
            local = local_names(value, text)
            needed |= dict.fromkeys(braces.name for braces in placeholders if braces.name not in local)
    unused = [name for name in request.variables if name not in needed]
    missing = [name for name in needed if name not in request.variables]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        options = " ".join(f"--var {quote(f'{name}=VALUE')}" for name in missing)
        meant = next((hint for name in unused if (hint := did_you_mean(name, missing))), None)
        raise UsageError(
            f"nothing was dialled: {counted(len(missing), 'prompt variable')} without a value: {listed}",
            hint=f"add {options}" + (f"; {meant}" if meant else ""),
        )
    for name in unused:
        session.settings.tell(f"note: no text of {desired.address} has the prompt variable `{name}`")


def _require_expectable(session: Session, desired: Desired, expected: Mapping[str, str]) -> None:
    """Raises UsageError for an expectation that no call of this assistant could meet."""
    configured = desired.declared.get("structured_output_config") or []
    outputs = [f"{OUTPUT}{entry['name']}" for entry in configured if isinstance(entry.get("name"), str)]
    outcomes = known_outcomes(session.environment.contract)
    for what, value in expected.items():
        if what == OUTCOME:
            _require_known(value, outcomes, f"no call ends with the outcome `{value}`", "outcomes")
        else:
            known = [OUTCOME, *outputs]
            _require_known(what, known, f"--expect knows no `{what}` of {desired.address}", "it knows")


def _require_known(word: str, known: Collection[str], message: str, listed: str) -> None:
    if word not in known:
        raise UsageError(message, hint=did_you_mean(word, known) or f"{listed}: {', '.join(known)}")


def known_outcomes(version: str | None) -> tuple[str, ...]:
    """The outcomes that a call can have in a contract; None: in any."""
    root = contract(version).schema
    outcomes = (
        Node(root, root).properties.get("email_notification_outcomes")
        or assistant_node().properties["email_notification_outcomes"]
    )
    element = outcomes.element
    return tuple(element.schema["enum"]) if element is not None else ()


def as_expected(expected: str, found: Any) -> bool:
    """Whether a structured output is what `--expect` says: a text as it is, anything else as JSON."""
    if isinstance(found, str):
        return found == expected
    try:
        wanted = json.loads(expected)
    except (ValueError, RecursionError):
        return False
    # In Python `True` is 1; in JSON it is not. A whole number may come as 3.0.
    return bool(wanted == found) and isinstance(wanted, bool) == isinstance(found, bool)
