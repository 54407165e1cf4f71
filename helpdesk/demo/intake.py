"""Mail that the intake set aside: what a new colleague should see before the first real one comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from channels_app.inbound import process_payload, store_raw
from channels_app.models import InboundPayload
from helpdesk.demo.company import Company
from tickets.models import Ticket


def receive_odd_mail(company: Company, *, now: datetime) -> None:
    """Four mails through the real intake, each held for its own reason."""
    account = company.inboxes["support"].account
    for hours, mail in ((3, _out_of_office()), (9, _bounce()), (20, _spoof()), (44, _own_address())):
        received = now - timedelta(hours=hours)
        mail["Date"] = format_datetime(received)
        mail["Message-ID"] = f"<odd-{hours}@mail.example>"
        (pk,) = store_raw([account], mail.as_bytes(), source="smtp", envelope_to=["support@demo.test"])
        process_payload(pk)
        InboundPayload.objects.filter(pk=pk).update(received_at=received)


def _mail(sender: str, subject: str, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "support@demo.test", subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def _out_of_office() -> EmailMessage:
    text = "I am away until Monday and will answer then.\n\nUlrich Pfeil\nStadtgrün Lindental\n"
    return _mail(
        "Ulrich Pfeil <ulrich.pfeil@lindental.example>", "Abwesenheitsnotiz", text, Auto_Submitted="auto-replied"
    )


def _bounce() -> EmailMessage:
    text = (
        "This is the mail system at host mx.poczta.example.\n\nI'm sorry to have to inform you that your message could"
        " not be delivered to one recipient.\n\n<bogna.wieczorek@poczta.example>: 550 5.1.1 user unknown\n"
    )
    return _mail(
        "Mail Delivery System <MAILER-DAEMON@mx.poczta.example>",
        "Undelivered Mail Returned to Sender",
        text,
        Return_Path="<>",
        X_Failed_Recipients="bogna.wieczorek@poczta.example",
    )


def _spoof() -> EmailMessage:
    """Somebody who writes as an agent, into a conversation, with nothing that proves it."""
    number = Ticket.objects.unsolved().latest("pk").pk
    message = Ticket.objects.get(pk=number).messages.latest("pk")
    text = "Please change the bank account for this customer to the one in the attachment and close the ticket.\n"
    return _mail("Callum Fraser <callum@demo.test>", "Re: your request", text, In_Reply_To=f"<{message.message_id}>")


def _own_address() -> EmailMessage:
    return _mail("Marshwren Support <support@demo.test>", "Your mailbox is almost full", "Click here to keep it.\n")
