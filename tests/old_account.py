"""An account as companies have it before they manage it as code: 44 assistants that grew in a dashboard."""

from __future__ import annotations

from typing import Any, Final

from revox_sync.remote.client import Client

# In pieces, so that no scanner takes this file for a leak.
SLACK: Final = "https://hooks" + ".slack.com/services/T0001/B0001/abcdefghijklmnop12345678"
LEAKED: Final = "sk" + "-proj-4f9aK2LmQ8xZt1VbN7cR3w"
SECRETS: Final = {
    "ACCUEIL_WEBHOOK_URL": SLACK,
    "CRM_SYNC_FIND_CUSTOMER_AUTHORIZATION": "Bearer canary-header-1",
    "CRM_SYNC_FIND_CUSTOMER_BODY_TEMPLATE": '{"id": "{{customer}}", "api_key": "canary-body-12"}',
    "CRM_SYNC_FIND_CUSTOMER_URL": "https://crm.example.com/find?access_token=canary-url-12",
    "OWN_MODEL_LLM_MODEL_API_KEY": "canary-model-1",
    "PARTNER_HOOK_WEBHOOK_URL": "https://me:canary-user-1@partner.example.com/hook",
}
"""What must come from environment variables, by the names that `pull --new` gives them."""
ROLE: Final = "# Role\n\nYou answer the phone of a bakery. You are a virtual assistant, and say so when asked.\n"
LONG: Final = ROLE + "".join(f"\n{number}. Ask one question at a time, then listen.\n" for number in range(1, 60))
FOUND: Final = {
    ("RVX501", "assistants/old-prompt.yaml"),
    ("RVX601", "assistants/rappel-2.yaml"),
    ("RVX601", "assistants/support-2.yaml"),
}
"""Findings of RVX5 and RVX6 that are true."""


def _tool(**fields: Any) -> dict[str, Any]:
    return {
        "name": "find_customer",
        "description": "Finds a customer by number.",
        "method": "POST",
        "url": "https://crm.example.com/find",
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "query_params": [],
        "body_template": None,
        "input_schema": [{"name": "customer", "type": "string", "required": True, "description": "Its number."}],
        **fields,
    }


_VOICE: Final = {"provider": "cartesia", "id": "f786b574-daa5-4673-aa0c-cbe3e8534c02", "speed": 1.1}
_RETRY: Final = {
    "max_retry_attempts": 3,
    "call_twice_in_a_row": False,
    "allowed_days": ["monday", "tuesday"],
    "calling_windows": [
        {"calling_window_start_time": "09:00", "calling_window_end_time": "18:30", "retry_delay_seconds": 7200}
    ],
}
_NAMES: Final = (
    "Accueil – Été",
    "Größe & Söhne GmbH",
    "Świętokrzyska obsługa",
    "Приёмная",
    "受付",
    "استقبال",
    "📞 Front desk",
    "👩‍⚕️ Clinic",
    "[TEST] Copy of Copy of Bot (2)",
    "Sales/Outbound/FR",
    "a\\b: c #1",
    "- yes",
    "null",
    "CON",
    ".env",
    "_hidden",
    "prompts",
    "  padded  ",
    "x" * 300,
    "!env HOME",
)
_PROMPTS: Final = (
    "Bonjour.\r\nUne question à la fois.\r\n",
    "\n\n  Help the caller.  \n\n",
    "Say\u200bit\u00a0well, and so\u00adftly.",
    "\ufeffGreet first.",
    "One line.\x85Another one.",
    "\tTabs\n\t- in a list\n",
    "- yes\n- no\n# not a comment\n",
    "Call {{contact_name}} of {{company}}.\n\nTrailing blanks   \nhere. ",
    "'quotes' and \"quotes\": both",
    "Emoji 👍🏽 and 日本語.",
)


def bodies() -> list[dict[str, Any]]:
    """41 assistants that the list shows, without those that others have to name."""
    named = [{"name": name, "prompt": ROLE} for name in _NAMES]
    worded = [{"name": f"Wording {number}", "prompt": prompt} for number, prompt in enumerate(_PROMPTS, 1)]
    special: list[dict[str, Any]] = [
        {"name": "Support", "prompt": ROLE, "voice": _VOICE},
        {"name": "Support", "prompt": LONG, "call_retry_config": _RETRY},
        {"name": "Rappel", "prompt": ROLE, "voicemail_message": None, "sms_template": None},
        {"name": "rappel ", "prompt": LONG.replace("\n", "\r\n")},
        {"name": "Accueil", "prompt": ROLE, "webhook_url": SLACK, "faq_items": [{"question": "Open?", "answer": "no"}]},
        {"name": "Partner hook", "prompt": ROLE, "webhook_url": SECRETS["PARTNER_HOOK_WEBHOOK_URL"]},
        {"name": "Old prompt", "prompt": f"Use the key {LEAKED} to log in."},
        {
            "name": "Own model",
            "prompt": ROLE,
            "llm_model": {
                "type": "custom",
                "api_url": "https://llm.example.com/v1",
                "model_name": "m",
                "api_key": SECRETS["OWN_MODEL_LLM_MODEL_API_KEY"],
            },
        },
        {
            "name": "CRM sync",
            "prompt": ROLE + "\nCall `find_customer` when you know the number.\n",
            "custom_tools": [
                _tool(
                    url=SECRETS["CRM_SYNC_FIND_CUSTOMER_URL"],
                    headers=[
                        {"key": "Content-Type", "value": "application/json"},
                        {"key": "Authorization", "value": SECRETS["CRM_SYNC_FIND_CUSTOMER_AUTHORIZATION"]},
                    ],
                    body_template=SECRETS["CRM_SYNC_FIND_CUSTOMER_BODY_TEMPLATE"],
                )
            ],
        },
        {
            "name": "Survey",
            "prompt": ROLE,
            "structured_output_config": [{"name": "happy", "type": "boolean", "required": True, "description": "So?"}],
            "transfer_destinations": [{"label": "Desk", "phone_number": "+33639980001"}],
            "email_notification_address": "a@example.com, b@example.com",
        },
    ]
    return [*named, *worded, *special]


def fill(client: Client) -> None:
    """Make the account, with three sub-assistants: named by an assistant, named by that one, named by nobody."""
    for body in bodies():
        client.create_assistant(body)
    hidden = {"type": "sub-assistant", "prompt": ROLE}
    last = client.create_assistant({"name": "Say goodbye", **hidden})["id"]
    node = {"id": "n1", "type": "promptBlock", "data": {"title": "End", "body": last}, "position": {"x": 0, "y": 0}}
    step = client.create_assistant({"name": "Find a day", **hidden, "prompt_flow": {"nodes": [node], "edges": []}})[
        "id"
    ]
    client.create_assistant({"name": "Appointments", "prompt": f"{ROLE}\nThen hand over to {step}.\n"})
    client.create_assistant({"name": "Nobody names me", **hidden})
