"""The schema against the official SDK: what Revox's own types say, place by place.

`sdk/sdk-*.json` hold the shapes of releases that can no longer be installed side by side; the newest contract is
compared with the installed `revox` package, so an update of that package names what changed. docs/schema.md tells
how to bring the schema up to date.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel
from revox.types import AssistantCreateParams, AssistantRetrieveResponse, AssistantUpdateParams
from revox.types import assistant_create_response as created
from revox.types import assistant_list_response as listed
from revox.types import assistant_update_response as updated

from revox_sync.contract.fields import known_contracts, newest_contract
from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.views import view
from tests.contract.shape import Shape, differences, of_schema, of_typed_dict

RELEASES: Final = {"0.0": "0.0.3", "0.1": "0.1.1", "0.2": "0.2.0", "0.4": "0.4.0"}
ALWAYS_ANSWERED: Final = frozenset({"name", "prompt", "id", "organization_id", "created_at", "updated_at"})
MODELS: Final[tuple[type[BaseModel], ...]] = (
    created.Assistant,
    listed.Assistant,
    updated.Assistant,
    AssistantRetrieveResponse,
)

OPAQUE: Final = "who made the assistant is never compared, sent or shown, so the schema does not look inside"
ACCEPTED_IN_RESPONSES: Final[Mapping[str, str]] = {
    "created_by.email: only in the SDK": OPAQUE,
    "created_by.first_name: only in the SDK": OPAQUE,
    "created_by.id: only in the SDK": OPAQUE,
    "created_by.last_name: only in the SDK": OPAQUE,
    "custom_tools[].body_template: required: schema True, SDK False": (
        "required and nullable in a request; the SDK's response models give every nullable field a default"
    ),
}


def released(contract: str) -> dict[str, Any]:
    path = Path(__file__).parent / "sdk" / f"sdk-{RELEASES[contract]}.json"
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def request_shape(contract: str) -> Shape:
    return of_schema(load_schema(f"contract-{contract}"))


def response_shape(contract: str) -> Shape:
    """What an answer looks like by the master schema: read-only fields too; what may be missing may be null."""
    master = _unmarked(load_schema("assistant"))
    shape = dict(of_schema(view(master, contract)))
    for name, schema in master["properties"].items():
        if (name,) in shape:
            filled = name in ALWAYS_ANSWERED or "default" in schema
            shape[name,] = replace(shape[name,], required=filled)
    return {path: replace(fact, nullable=fact.nullable or not fact.required) for path, fact in shape.items()}


def _unmarked(node: Any) -> Any:
    """The schema without `readOnly`, so that a view of it keeps the server's own fields."""
    if isinstance(node, dict):
        return {key: _unmarked(value) for key, value in node.items() if key != "readOnly"}
    return [_unmarked(each) for each in node] if isinstance(node, list) else node


def unaccepted(ours: Shape, theirs: Shape) -> list[str]:
    return [line for line in differences(ours, theirs) if line not in ACCEPTED_IN_RESPONSES]


def test_every_contract_has_a_release() -> None:
    assert tuple(RELEASES) == known_contracts()


@pytest.mark.parametrize("contract", RELEASES)
def test_create_body_is_the_releases(contract: str) -> None:
    assert differences(request_shape(contract), of_schema(released(contract)["create"])) == []


@pytest.mark.parametrize("contract", RELEASES)
def test_response_is_the_releases(contract: str) -> None:
    assert unaccepted(response_shape(contract), of_schema(released(contract)["response"])) == []


def test_create_body_is_the_installed_packages() -> None:
    assert differences(request_shape(newest_contract()), of_typed_dict(AssistantCreateParams)) == []


def test_update_body_is_the_create_body_with_nothing_required() -> None:
    ours = {
        path: replace(fact, required=False) if len(path) == 1 else fact
        for path, fact in request_shape(newest_contract()).items()
    }
    assert differences(ours, of_typed_dict(AssistantUpdateParams)) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__.rpartition('.')[2]}")
def test_response_is_the_installed_packages(model: type[BaseModel]) -> None:
    assert unaccepted(response_shape(newest_contract()), of_schema(model.model_json_schema())) == []


def test_every_accepted_difference_still_exists() -> None:
    seen = {
        line
        for contract in RELEASES
        for line in differences(response_shape(contract), of_schema(released(contract)["response"]))
    }
    assert set(ACCEPTED_IN_RESPONSES) - seen == set()


# What the SDK's next release might do to its create body, and what the comparison has to say about it.

Body = dict[str, Any]
PROVIDERS: Final = ["cartesia", "elevenlabs", "gradium"]
OUTCOMES: Final = ["completed", "interested", "none", "not_interested", "requested_callback_later"]


def _drop_field(body: Body) -> None:
    del body["properties"]["voicemail_message"]


def _add_field(body: Body) -> None:
    body["properties"]["mood"] = {"type": "string"}


def _add_nested_field(body: Body) -> None:
    body["$defs"]["SlackChannel"]["properties"]["topic"] = {"type": "string"}


def _change_type(body: Body) -> None:
    body["properties"]["max_call_duration_secs"]["type"] = "integer"


def _add_choice(body: Body) -> None:
    body["$defs"]["Voice"]["properties"]["provider"]["enum"].append("hume")


def _add_choice_in_list(body: Body) -> None:
    body["$defs"]["Zoho"]["properties"]["outcomes"]["items"]["enum"].append("ai_averse")


def _rename_constant(body: Body) -> None:
    body["$defs"]["PromptFlowNode"]["properties"]["type"]["const"] = "block"


def _refuse_null(body: Body) -> None:
    body["properties"]["calendly"] = {"$ref": "#/$defs/Calendly"}


def _accept_null(body: Body) -> None:
    body["properties"]["webhook_url"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _drop_required(body: Body) -> None:
    body["$defs"]["Zoho"]["required"].remove("module")


def _add_required(body: Body) -> None:
    body["required"].append("voice")


def _drop_variant(body: Body) -> None:
    body["properties"]["llm_model"]["anyOf"].pop()


def _require_in_variant(body: Body) -> None:
    body["$defs"]["LlmModelUnionMember3"]["required"].append("realtime_voice_id")


CHANGES: Final[Mapping[Callable[[Body], None], list[str]]] = {
    _drop_field: ["voicemail_message: only in the schema"],
    _add_field: ["mood: only in the SDK"],
    _add_nested_field: ["slack.channels[].topic: only in the SDK"],
    _change_type: ["max_call_duration_secs: types: schema ['number'], SDK ['integer']"],
    _add_choice: [
        f"voice.provider: choices: schema {PROVIDERS}, SDK {[*PROVIDERS, 'hume']}",
    ],
    _add_choice_in_list: [f"zoho.outcomes[]: choices: schema {OUTCOMES}, SDK {['ai_averse', *OUTCOMES]}"],
    _rename_constant: ["prompt_flow.nodes[].type: choices: schema ['promptBlock'], SDK ['block']"],
    _refuse_null: ["calendly: nullable: schema True, SDK False"],
    _accept_null: ["webhook_url: nullable: schema False, SDK True"],
    _drop_required: ["zoho.module: required: schema True, SDK False"],
    _add_required: ["voice: required: schema False, SDK True"],
    _drop_variant: [
        "llm_model<realtime>: only in the schema",
        "llm_model<realtime>.provider: only in the schema",
        "llm_model<realtime>.realtime_model_id: only in the schema",
        "llm_model<realtime>.realtime_voice_id: only in the schema",
        "llm_model<realtime>.type: only in the schema",
    ],
    _require_in_variant: ["llm_model<realtime>.realtime_voice_id: required: schema False, SDK True"],
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_comparison_names_a_change(change: Callable[[Body], None]) -> None:
    body = copy.deepcopy(released(newest_contract())["create"])
    change(body)
    assert differences(request_shape(newest_contract()), of_schema(body)) == CHANGES[change]
