"""Sending mails with one link, those about chats, and surveys: claim, render, hand over, write down what came of it.

The row that the link is of is the mail's outbox too; the mail is made when it is sent and kept nowhere. Each is sent
once. A worker that dies before the hand-over has sent nothing, and the next one takes the row when its lease is over.
After it only the backend knows: where it can prove that nothing went out the mail is sent, else it is left alone.
Whoever waits for it asks for another one, which is a better answer to doubt than two mails.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from channels_app import transport
from channels_app.adapters.email.outgoing_headers import BadAddress
from channels_app.stored_mail import StoredMail
from customers.models import Purpose
from tickets.services import Refused

logger = logging.getLogger(__name__)

SECONDS = 5.0
RENDERING_LEASE = timedelta(seconds=20)


# A model with pk, attempt, email, handed_over_at and last_error; apps above have rows of their own. Hence `Any` below.
R = TypeVar("R", bound=Model)


class LinkOutbox(ABC, Generic[R]):
    """`due` names the column that says when a row is sent, or tried again; it is empty when there is nothing to do."""

    due: ClassVar[str]
    pauses: ClassVar[Sequence[timedelta]]

    @abstractmethod
    def rows(self) -> QuerySet[R]:
        """All of them, with what rendering asks for."""

    @abstractmethod
    def why_not(self, row: R, now: datetime) -> str | None:
        """Why it need not be sent any more; None where it has to be."""

    @abstractmethod
    def render(self, row: R, *, now: datetime) -> bytes:
        """Raises `BadAddress` or `Refused` where it never can be."""

    @abstractmethod
    def mail_id(self, row: R) -> str:
        """The same at every attempt: who gets it twice after all has one mail."""

    def purpose_of(self, row: R) -> str:
        """For which its reader's consent is asked at the door."""
        return Purpose.SUPPORT

    def given_up(self, row: R, error: str, *, now: datetime) -> None:
        """Called when it is certain that the mail will never arrive."""

    def send_due(self, *, now: datetime | None = None, seconds: float = SECONDS) -> int:
        """Send what waits, for about `seconds`; how many were tried."""
        deadline, done = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            row = self.claim(now=now or timezone.now())
            if row is None:
                break
            done += 1
            try:
                self.deliver(row, now=now or timezone.now())
            except Exception:
                logger.exception("the link of %s %s could not be sent", type(row).__name__, row.pk)  # its lease ends
        return done

    @transaction.atomic
    def claim(self, *, now: datetime) -> R | None:
        """The next one that is due, leased to this worker by putting its time off. It may be one that a worker lost."""
        due = self.rows().filter(**{f"{self.due}__lte": now}).order_by(self.due, "pk")
        row: Any = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.attempt += 1
        setattr(row, self.due, now + RENDERING_LEASE)
        row.save(update_fields=["attempt", self.due])
        claimed: R = row
        return claimed

    def deliver(self, row: Any, *, now: datetime) -> None:
        if row.handed_over_at and transport.has_sent(self.mail_id(row)) is not False:
            self._finish(row, "the worker stopped while it was sent")
        elif (reason := self.why_not(row, now)) is not None:
            self._finish(row, reason)
        else:
            self._try(row, now=now)

    def hand_over(self, row: Any, *, now: datetime) -> bool:
        """From here on a server may have the mail. False when the row is in other hands, or was decided meanwhile."""
        lease = now + timedelta(seconds=transport.lease_seconds())
        return bool(self._ours(row, **{"handed_over_at": now, self.due: lease}))

    def _try(self, row: Any, *, now: datetime) -> None:
        try:
            mail = StoredMail(self.render(row, now=now), "", [row.email], purpose=self.purpose_of(row))
        except (BadAddress, Refused) as error:
            self._finish(row, str(error))
            self.given_up(row, str(error), now=now)
            return
        if not self.hand_over(row, now=now):
            return
        result = transport.send(mail)
        refusal = result.refused.get(row.email)
        if refusal is None:
            self._finish(row)
        elif refusal["final"] or result.is_unknown or row.attempt > len(self.pauses):
            self._finish(row, refusal["answer"])
            if not result.is_unknown:
                self.given_up(row, refusal["answer"], now=now)
        else:
            self._finish(row, refusal["answer"], again_at=now + self.pauses[row.attempt - 1])

    def _finish(self, row: Any, error: str = "", again_at: datetime | None = None) -> None:
        """Sent, given up, or (with `again_at`) certainly not sent yet."""
        known = {} if again_at is None else {"handed_over_at": None}
        self._ours(row, **{self.due: again_at, "last_error": error[:500], **known})

    def _ours(self, row: Any, **fields: object) -> int:
        """Change the row, unless another worker has it by now, or it was decided meanwhile."""
        ours = self.rows().filter(pk=row.pk, attempt=row.attempt, **{f"{self.due}__isnull": False})
        return ours.order_by().update(**fields)
