"""Templates of a shop for gardens, as Meta has them: approved, waiting, rejected."""

from __future__ import annotations

from typing import Any

Template = dict[str, Any]


def templates_of_a_shop() -> list[Template]:
    return [
        _template(
            "594425479261596",
            "delivery_update",
            _body("Hello {{1}}, your order {{2}} leaves us today. You can follow it below.", "Imogen", "MW-20417"),
            {"type": "FOOTER", "text": "Marshwren, gardens by post"},
            _buttons(
                {
                    "type": "URL",
                    "text": "Follow it",
                    "url": "https://marshwren.example/t/{{1}}",
                    "example": ["https://marshwren.example/t/MW-20417"],
                }
            ),
        ),
        _template(
            "594425479261597",
            "delivery_update",
            _body("Hallo {{1}}, Ihre Bestellung {{2}} geht heute auf die Reise.", "Imogen", "MW-20417"),
            language="de",
        ),
        _template(
            "594425479261598",
            "feedback_asked",
            {"type": "HEADER", "format": "TEXT", "text": "How did we do?"},
            {
                "type": "BODY",
                "text": "Hello {{first_name}}, is all well with {{product}} now?",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "first_name", "example": "Imogen"},
                        {"param_name": "product", "example": "your pond pump"},
                    ]
                },
            },
            _buttons({"type": "QUICK_REPLY", "text": "All well"}, {"type": "QUICK_REPLY", "text": "Not yet"}),
        ),
        _template(
            "594425479261599",
            "spring_sale",
            _body("Everything for your pond, {{1}} percent off until Sunday!", "20"),
            category="MARKETING",
            status="REJECTED",
            rejected_reason="INVALID_FORMAT",
        ),
        _template(
            "594425479261600", "call_back", _body("Hello {{1}}, when may we call you?", "Imogen"), status="PENDING"
        ),
    ]


def _template(
    named: str,
    name: str,
    *components: Template,
    language: str = "en",
    category: str = "UTILITY",
    status: str = "APPROVED",
    rejected_reason: str = "NONE",
) -> Template:
    return {
        "id": named,
        "name": name,
        "language": language,
        "status": status,
        "category": category,
        "rejected_reason": rejected_reason,
        "components": list(components),
    }


def _body(text: str, *examples: str) -> Template:
    return {"type": "BODY", "text": text, "example": {"body_text": [list(examples)]}}


def _buttons(*buttons: Template) -> Template:
    return {"type": "BUTTONS", "buttons": list(buttons)}
