"""The demo company's contact forms: orders, devices, bills, and everything else, in both of its languages."""

from __future__ import annotations

from typing import Any

from helpdesk.demo.company import Company
from tickets.models import ContactForm

Words = tuple[str, str]  # English, German


def open_forms(company: Company) -> None:
    """In the order in which most customers need them."""
    for position, (slug, inbox, titles, tags, questions) in enumerate(FORMS):
        title, description = titles
        ContactForm.objects.create(
            slug=slug,
            texts={
                "en": {"title": title[0], "description": description[0]},
                "de": {"title": title[1], "description": description[1]},
            },
            inbox=company.inboxes[inbox],
            tags=tags,
            fields=questions,
            position=position,
        )


def _question(key: str, kind: str, label: Words, help: Words = ("", ""), **more: Any) -> dict[str, Any]:
    texts = {code: {"label": label[at], "help": help[at]} for at, code in enumerate(("en", "de"))}
    return {"key": key, "kind": kind, "texts": texts, "options": [], "is_required": False, "shown_when": None, **more}


def _options(*options: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"value": value, "texts": {"en": {"label": english}, "de": {"label": german}}}
        for value, english, german in options
    ]


ORDER = _question(
    "order", "text", ("Order number", "Bestellnummer"),
    ("It stands in the mail that confirmed your order.", "Sie steht in der Mail, die Ihre Bestellung bestätigt."),
)  # fmt: skip
FORMS: list[tuple[str, str, tuple[Words, Words], list[str], list[dict[str, Any]]]] = [
    (
        "order", "support",
        (
            ("My order", "Meine Bestellung"),
            ("Delivery, address, something missing or wrong.", "Lieferung, Adresse, etwas fehlt oder ist falsch."),
        ),
        ["order"],
        [
            {**ORDER, "is_required": True},
            _question(
                "matter", "choice", ("What is it about?", "Worum geht es?"), is_required=True,
                options=_options(
                    ("late", "It has not arrived", "Sie ist nicht angekommen"),
                    ("wrong", "Something is wrong or missing", "Etwas ist falsch oder fehlt"),
                    ("change", "I want to change it", "Ich möchte sie ändern"),
                ),
            ),
            _question(
                "wrong", "long", ("What is wrong, or missing?", "Was ist falsch oder fehlt?"), is_required=True,
                shown_when={"field": "matter", "is": ["wrong"]},
            ),
            _question(
                "address", "long", ("The new address, or what else to change", "Die neue Anschrift oder was sonst"),
                shown_when={"field": "matter", "is": ["change"]},
            ),
        ],
    ),
    (
        "device", "support",
        (
            ("A device does not work", "Ein Gerät geht nicht"),
            ("Station, sensor, valve or app.", "Station, Sensor, Ventil oder App."),
        ),
        ["device"],
        [
            _question(
                "device", "choice", ("Which device?", "Welches Gerät?"), is_required=True,
                options=_options(
                    ("station", "Weather station", "Wetterstation"),
                    ("sensor", "Sensor", "Sensor"),
                    ("valve", "Valve", "Ventil"),
                    ("app", "The app", "Die App"),
                ),
            ),
            _question(
                "serial", "text", ("Serial number", "Seriennummer"),
                ("On the back, it begins with MW.", "Auf der Rückseite, sie beginnt mit MW."),
                shown_when={"field": "device", "is": ["sensor", "station", "valve"]},
            ),
            _question(
                "batteries", "tick", ("New batteries did not help", "Neue Batterien haben nicht geholfen"),
                shown_when={"field": "device", "is": ["sensor", "station"]},
            ),
            _question(
                "phone", "text", ("Which phone, and which version?", "Welches Telefon, welche Version?"),
                shown_when={"field": "device", "is": ["app"]},
            ),
        ],
    ),
    (
        "bill", "billing",
        (
            ("A bill or a payment", "Rechnung oder Zahlung"),
            ("Invoices, refunds, plans.", "Rechnungen, Erstattungen, Tarife."),
        ),
        ["billing"],
        [_question("invoice", "text", ("Invoice number", "Rechnungsnummer"))],
    ),
    (
        "other", "support",
        (("Something else", "Etwas anderes"), ("Questions, praise, complaints.", "Fragen, Lob, Beschwerden.")),
        [], [],
    ),
]  # fmt: skip
