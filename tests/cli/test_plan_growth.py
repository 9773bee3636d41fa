"""What a plan of assistants in sync costs, by counts: a clock would measure the machine."""

from __future__ import annotations

from collections import Counter

from tests.account import Account
from tests.call_counts import call_counts

FAQ = [{"question": "Do you deliver?", "answer": "Yes."}, {"question": "When?", "answer": "Daily."}]


def test_each_assistant_costs_the_same(account: Account) -> None:
    costs: list[Counter[str]] = []
    numbers = (4, 8, 16)
    for number in numbers:
        for position in range(number):
            account.declare(f"a{position}", voice={"provider": "cartesia", "id": "v1"}, faq_items=FAQ)
        account.applied()
        account.run("plan")  # imports what is needed
        costs.append(call_counts(lambda: account.run("plan")))
        # The list leaves out what a file declares, so each is asked for once, and nothing else is.
        assert len(account.switchboard.sent) == 1 + number
        assert costs[-1]["Loader.load"] == number + 1  # and the configuration
        assert costs[-1]["compare"] == number
        assert costs[-1]["value_digest"] == costs[-1]["form_digest"] == 0
    few, more, many = (cost.total() for cost in costs)
    assert (many - more) / 8 < 1.2 * (more - few) / 4
