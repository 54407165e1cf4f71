"""What somebody writes into a form: kept until its sender has proved the address by a link.

Of a customer who is signed in it is a ticket at once; for the others see opening.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.base import File as DjangoFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.models import Customer, Identity, IdentityKind
from customers.normalising import normalise
from knowledge_base.models import Article, HelpCentre
from tickets import attachments
from tickets.models import ContactFile, ContactForm, ContactRequest
from tickets.portal.opening import become_ticket, inbox_for
from tickets.services import Refused, own_addresses

GOOD_FOR: Final = timedelta(days=3)
# Mails with links to one address: nobody's mailbox is filled by somebody else's clicks.
AN_HOUR, A_DAY = 3, 10
MOST_FILES, MOST_BYTES = 5, 10 * 1024 * 1024


@dataclass(frozen=True)
class Submission:
    """What was sent, checked for its shape by the page's form."""

    submit_key: UUID
    email: str
    name: str
    subject: str
    text: str
    language: str
    answers: dict[str, Any] = field(default_factory=dict)
    centre: HelpCentre | None = None
    article_id: int | None = None
    visitor: str = ""
    files: Sequence[DjangoFile[bytes]] = ()


def submit(
    form: ContactForm | None, said: Submission, *, customer: Customer | None = None, now: datetime | None = None
) -> ContactRequest:
    """Keep it and queue the mail with its link; of `customer`, who is signed in, it becomes a ticket at once.

    The same page sent twice is one request. Raises `Refused` for files that are not taken or not stored, for too many
    links to one address, and where no inbox takes anything.
    """
    now = now or timezone.now()
    if known := ContactRequest.objects.filter(submit_key=said.submit_key).first():
        return known
    inbox_for(form)
    _refuse_files(said.files)
    try:
        with transaction.atomic(), attachments.refused_if_lost(f"request {said.submit_key}"):
            if customer is None:
                if known := _first_of(said):
                    return known
                _refuse_flood(said.email, now)
            request = _keep(form, said, now, has_proof=customer is not None)
            if customer is not None:
                become_ticket(request, customer, now=now, rule="form-signed-in")
            elif request.mail_due_at:
                transaction.on_commit(_hurry)
    except IntegrityError:
        if known := ContactRequest.objects.filter(submit_key=said.submit_key).first():
            return known  # the same page, sent twice at once
        raise
    return request


def _hurry() -> None:
    """Somebody waits for it. The sweeper of channels_app finds it as well."""
    for path in settings.CONTACT_MAIL_WAITS:
        import_string(path)()


def _first_of(said: Submission) -> ContactRequest | None:
    """Whoever writes from the same address waits here, so that many at once are counted, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contact {said.email}"])
    return ContactRequest.objects.filter(submit_key=said.submit_key).first()


def _refuse_flood(email: str, now: datetime) -> None:
    lately = ContactRequest.objects.filter(email=email, created_at__gt=now - timedelta(days=1), customer=None)
    moments = list(lately.values_list("created_at", flat=True)[:A_DAY])
    if len(moments) >= A_DAY or sum(moment > now - timedelta(hours=1) for moment in moments) >= AN_HOUR:
        reason = _("Several requests from this address wait for their links already. Look into your mailbox, please.")
        raise Refused(reason, field="email")


def _refuse_files(files: Sequence[DjangoFile[bytes]]) -> None:
    """Before any of them is stored."""
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(count)s files, please.") % {"count": MOST_FILES}, field="files")
    for file in files:
        try:
            attachments.refuse_unfit(attachments.safe_filename(file.name or ""), file, most=MOST_BYTES)
        except Refused as refusal:
            raise Refused(str(refusal), field="files") from refusal


def _keep(form: ContactForm | None, said: Submission, now: datetime, *, has_proof: bool) -> ContactRequest:
    article = Article.objects.filter(pk=said.article_id).first() if said.article_id else None
    # A mail to an inbox of ours would come back as a ticket, with the link for all to see.
    needs_mail = not has_proof and not own_addresses([said.email])
    request = ContactRequest.objects.create(
        form=form,
        submit_key=said.submit_key,
        name=said.name,
        email=said.email,
        subject=said.subject,
        text=said.text,
        answers=said.answers,
        language=said.language,
        centre=said.centre if said.centre and said.centre.pk else None,
        article_id=article.pk if article else None,
        visitor=said.visitor,
        mail_due_at=now if needs_mail else None,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    for file in said.files:
        _keep_file(request, file)
    return request


def _keep_file(request: ContactRequest, file: DjangoFile[bytes]) -> None:
    row = attachments.kept(file, file.name or "", getattr(file, "content_type", "") or "")
    ContactFile.objects.create(
        request=request,
        file=row.file.name or "",
        filename=row.filename,
        content_type=row.content_type[:127],
        size=row.size,
        sha256=row.sha256,
    )


def address_of(customer: Customer) -> str:
    """Where a signed-in customer is answered; `Refused` without an address."""
    known = customer.identities.filter(kind=IdentityKind.EMAIL).order_by("pk")
    proved: Identity | None = next((each for each in known if each.is_verified), known.first())
    if proved is None:
        raise Refused(_("We know no e-mail address of yours. Sign out, and write with the one you want to use."))
    return proved.value


def tidy_address(address: str) -> str:
    return normalise(IdentityKind.EMAIL, address)
