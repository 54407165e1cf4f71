"""The language of messages, and the hint of a tone: told when sure, and silent otherwise."""

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from tickets.conditions import as_q
from tickets.language import language_of
from tickets.models import Channel, Ticket
from tickets.services import Incoming, receive_message
from tickets.tone import tone_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Guten Tag, meine Bestellung ist noch nicht angekommen. Können Sie bitte nachsehen?", "de"),
        ("Hello, my parcel has not arrived yet. Could you please have a look?", "en"),
        ("Bonjour, ma commande n'est toujours pas arrivée. Pouvez-vous vérifier ?", "fr"),
        ("Hola, mi pedido todavía no ha llegado. ¿Pueden comprobarlo, por favor?", "es"),
        ("Buongiorno, il mio ordine non è ancora arrivato. Potete controllare?", "it"),
        ("Goedendag, mijn bestelling is nog niet aangekomen. Kunt u dit nakijken?", "nl"),
        ("Dzień dobry, moje zamówienie jeszcze nie dotarło. Czy mogą Państwo sprawdzić?", "pl"),
        ("Здравствуйте, мой заказ ещё не пришёл.", "ru"),
        ("こんにちは、注文した商品がまだ届いていません。", "ja"),
        ("ok", ""),
        ("", ""),
        ("RE: 4711-AX https://example.org/de/bestellung ada@example.org", ""),
        ("Ada Lovelace", ""),
        ("Is the blue bell in stock?", ""),  # taken for Finnish
        ("Hello, where is my order?", ""),  # for Norwegian
        ("Ciao, dov'è il mio ordine?", ""),  # for Danish
        ("My order has not arrived yet", "en"),
        ("Wo ist meine Bestellung?", "de"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_signature_or_quote_in_another_language_does_not_decide() -> None:
    text = (
        "Hello, the invoice is wrong again, please correct it.\n\nMfG\nMax Müller\n> Sehr geehrte Damen und Herren,\n"
    )
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "This is unacceptable, I have been waiting for three weeks.",
        "I am really disappointed, and there is still no reply.",
        "Still waiting!!! Terrible.",
        "WHERE IS MY PARCEL? I AM VERY ANGRY ABOUT THIS",
        "I'm fed up with this. My lawyer will contact you.",
        "Das ist eine Frechheit! Ich warte seit Wochen.",
        "Ich bin sehr verärgert, schon wieder ist die Rechnung falsch.",
        "Es reicht jetzt, nie wieder bestelle ich hier.",
    ],
)
def test_upset(text: str) -> None:
    heard = tone_of(text)
    assert heard.tone == "upset"
    assert heard.words


@pytest.mark.parametrize(
    "text",
    [
        "Our shop is down, please help immediately.",
        "I need this as soon as possible, the deadline is tomorrow.",
        "Bitte melden Sie sich umgehend, das System ist ausgefallen.",
        "Das ist dringend, die Frist läuft morgen früh ab.",
    ],
)
def test_urgent(text: str) -> None:
    assert tone_of(text).tone == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately the second page of the manual is missing. Could you send it?",
        "I'm not angry at all, just curious how this happened.",
        "No rush, whenever you have time. Not urgent.",
        "There is no need to hurry, and it is not urgent.",
        "My son loves Angry Birds; is the game included?",
        "Where is the emergency exit drawn on the plan?",
        "Do you offer fraud protection? I read about it in your newsletter.",
        "Thank you for the quick reply!! You are the best!!",
        "THANKS FOR THE GREAT SERVICE AND THE FAST DELIVERY",
        "How are you today? I would like to change my address.",
        "Ist der Artikel ab sofort lieferbar?",
        "Kein Stress, es ist nicht dringend. Schöne Grüße",
        "Kann ich per Sofortüberweisung zahlen?",
        "Ich bin nicht verärgert, nur neugierig.",
        "Das war kein Betrug, sondern mein Fehler, entschuldigen Sie.",
        "Ich habe bis heute keinen Newsletter bekommen, können Sie mich eintragen?",
        "> This is unacceptable\n\nThanks, that solved it.",
        "Bonjour, c'est un scandale, je suis furieux !",
    ],
)
def test_what_is_no_hint(text: str) -> None:
    assert tone_of(text, language_of(text)).tone == ""


def write(ticket: Ticket, text: str, customer: Customer, **more: object) -> Ticket:
    incoming = Incoming(text=text, from_address="ada@example.org", **more)  # type: ignore[arg-type]
    receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=Actor.of_customer(customer))
    return Ticket.objects.get(pk=ticket.pk)


def test_a_message_brings_its_language_and_tone_to_the_ticket(adas_ticket: Ticket, ada: Customer) -> None:
    ticket = write(adas_ticket, "Das ist eine Frechheit, die Maschine rattert immer noch nicht leiser!", ada)
    assert (ticket.language, ticket.tone) == ("de", "upset")
    message = ticket.messages.latest("pk")
    assert (message.language, message.tone) == ("de", "upset")
    ticket = write(ticket, "Danke!", ada)
    assert (ticket.language, ticket.tone) == ("de", "")  # too short to tell: the language stays, the tone goes
    assert ticket.messages.latest("pk").language == ""


def test_automatic_answers_and_strangers_say_nothing_of_the_customer(adas_ticket: Ticket, ada: Customer) -> None:
    german = "Ich bin bis zum vierten Mai nicht im Büro und lese meine Nachrichten nicht."
    ticket = write(adas_ticket, german, ada, is_auto_reply=True)
    assert ticket.language == adas_ticket.language
    ticket = write(ticket, german, ada, is_unverified=True)
    assert ticket.language == adas_ticket.language


def test_lists_ask_for_language_and_tone(adas_ticket: Ticket, ada: Customer) -> None:
    write(adas_ticket, "Das ist inakzeptabel, ich möchte bitte mein Geld zurück haben.", ada)
    now = timezone.now()
    for field, value, other in (("language", "de", "en"), ("tone", "upset", "urgent")):
        found = [
            Ticket.objects.filter(
                as_q({"all": [{"field": field, "operator": "is", "value": each}]}, user=None, now=now)
            ).exists()
            for each in (value, other)
        ]
        assert found == [True, False]
