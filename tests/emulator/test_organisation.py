"""Numbers, campaigns and the user, as the official SDK reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from revox import NotFoundError, PermissionDeniedError, Revox, UnprocessableEntityError, types

from revox_sync.emulator.app import create_app
from revox_sync.emulator.quirks import Quirks
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.emulator.conftest import MINIMAL, SCHEMAS, emulated
from tests.emulator.test_sdk import strictly


@pytest.fixture
def own() -> Iterator[Revox]:
    """A client of an emulator of its own."""
    with emulated() as client, Revox(base_url=str(client.base_url), api_key="emulator", max_retries=0) as sdk:
        yield sdk


def create(sdk: Revox) -> str:
    return sdk.assistants.create(**MINIMAL).assistant.id


def campaign(sdk: Revox, assistant: str) -> Any:
    contacts = [{"to_phone_number": "+33199001234", "prompt_variables": {}}]
    answer = sdk.campaigns.with_raw_response.create(name="Spring", assistant_id=assistant, contacts=contacts)  # type: ignore[arg-type]
    return strictly(types.CampaignCreateResponse, answer.http_response.json()).campaign


def test_the_user_says_whose_account_it_is(own: Revox) -> None:
    answer = own.users.with_raw_response.retrieve()
    assert strictly(types.UserRetrieveResponse, answer.http_response.json()).user.organization_id == "org_emulator"


def test_a_number_is_answered_by_the_assistant_it_is_given(own: Revox) -> None:
    assistant = create(own)
    (number, *_) = own.phone_numbers.list().phone_numbers
    assert number.inbound_assistant is None
    answer = own.phone_numbers.with_raw_response.update(number.id, inbound_assistant_id=assistant)
    changed = strictly(types.PhoneNumberUpdateResponse, answer.http_response.json()).phone_number
    assert changed.inbound_assistant.id == assistant
    listed = strictly(types.PhoneNumberListResponse, own.phone_numbers.with_raw_response.list().http_response.json())
    bound = {found.phone_number: found.inbound_assistant for found in listed.phone_numbers}
    assert bound.pop(number.phone_number).id == assistant
    assert set(bound.values()) == {None}
    own.assistants.delete(assistant)
    assert own.phone_numbers.list().phone_numbers[0].inbound_assistant is None


def test_a_number_lets_its_assistant_go(own: Revox) -> None:
    (number, *_) = own.phone_numbers.list().phone_numbers
    own.phone_numbers.update(number.id, inbound_assistant_id=create(own), label="Desk")
    own.phone_numbers.update(number.id, inbound_assistant_id=None)
    (number, *_) = own.phone_numbers.list().phone_numbers
    assert (number.label, number.inbound_assistant) == ("Desk", None)


def test_a_campaign_runs_until_it_is_cancelled(own: Revox) -> None:
    assistant = create(own)
    made = campaign(own, assistant)
    assert (made.status, made.is_cancelled, made.assistant_id) == ("running", False, assistant)
    own.campaigns.pause(made.id)
    assert own.campaigns.retrieve(made.id).campaign.status == "paused"
    own.campaigns.resume(made.id)
    own.campaigns.cancel(made.id)
    listed = strictly(types.CampaignListResponse, own.campaigns.with_raw_response.list().http_response.json())
    assert [(each.id, each.status, each.is_cancelled) for each in listed.campaigns] == [(made.id, "running", True)]


def test_what_does_not_exist_is_missing(own: Revox) -> None:
    (number, *_) = own.phone_numbers.list().phone_numbers
    with pytest.raises(NotFoundError, match="no assistant has the id asst_x"):
        own.phone_numbers.update(number.id, inbound_assistant_id="asst_x")
    with pytest.raises(NotFoundError, match="no phone number has the id pn_x"):
        own.phone_numbers.update("pn_x", label="x")
    with pytest.raises(NotFoundError, match="no assistant has the id asst_x"):
        campaign(own, "asst_x")
    with pytest.raises(NotFoundError, match="no campaign has the id camp_x"):
        own.campaigns.retrieve("camp_x")


def test_what_cannot_be_changed_is_refused(own: Revox) -> None:
    (number, *_) = own.phone_numbers.list().phone_numbers
    with pytest.raises(UnprocessableEntityError, match="no `provider`"):
        own.phone_numbers.update(number.id, extra_body={"provider": "sip"})


def test_a_key_may_be_forbidden_to_read_some_of_it() -> None:
    with (
        emulated(quirks=Quirks.parse(["forbid:phone-numbers,campaigns"])) as client,
        Revox(base_url=str(client.base_url), api_key="emulator", max_retries=0) as sdk,
    ):
        for call in (sdk.phone_numbers.list, sdk.campaigns.list, lambda: sdk.campaigns.retrieve("camp_x")):
            with pytest.raises(PermissionDeniedError):
                call()
        assert sdk.assistants.list().assistants == []


def test_numbers_and_campaigns_outlive_the_process(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    with Store(file) as store, running(create_app(SCHEMAS, store, EmulatorSettings())) as url:
        sdk = Revox(base_url=url, api_key="emulator", max_retries=0)
        assistant = create(sdk)
        sdk.phone_numbers.update(sdk.phone_numbers.list().phone_numbers[0].id, inbound_assistant_id=assistant)
        made = campaign(sdk, assistant)
    with Store(file) as store, running(create_app(SCHEMAS, store, EmulatorSettings())) as url:
        sdk = Revox(base_url=url, api_key="emulator", max_retries=0)
        bound = sdk.phone_numbers.list().phone_numbers[0].inbound_assistant
        assert bound is not None
        assert bound.id == assistant
        assert [each.id for each in sdk.campaigns.list().campaigns] == [made.id]
