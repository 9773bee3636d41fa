from __future__ import annotations

from revox_sync.lint.model.account import RecordedAccount, Voice
from revox_sync.lint.rules.online import KeyRefused, PhoneNumberNotOwned, VoiceNotFound
from tests.lint.project import subject_of

VOICE = "name: A\nprompt: Hi\nvoice: {id: v1, provider: cartesia}\nfrom_phone_number: '+33199001200'\n"


def test_a_refused_key_is_reported_once_per_run() -> None:
    rule = KeyRefused()
    assert len(list(rule.check(subject_of(VOICE), RecordedAccount()))) == 1
    assert list(rule.check(subject_of(VOICE), RecordedAccount())) == []


def test_a_key_that_may_read_one_list_is_refused_for_the_other() -> None:
    account = RecordedAccount({"v1": Voice("cartesia")}, None)
    (hit,) = KeyRefused().check(subject_of(VOICE), account)
    assert hit.location == subject_of(VOICE).locate(("from_phone_number",))


def test_a_file_that_needs_no_list_asks_for_none() -> None:
    plain, refused = subject_of("name: A\nprompt: Hi\n"), RecordedAccount()
    for rule in (VoiceNotFound(), PhoneNumberNotOwned(), KeyRefused()):
        assert list(rule.check(plain, refused)) == []


def test_owned_numbers_are_named() -> None:
    rule, subject = PhoneNumberNotOwned(), subject_of(VOICE)
    owned = RecordedAccount(None, frozenset(f"+3319900130{digit}" for digit in range(9)))
    labels = [
        hit.label for account in (owned, RecordedAccount(None, frozenset())) for hit in rule.check(subject, account)
    ]
    assert labels[0].count("+33") == 5
    assert labels[1] == "the organisation owns no number"
