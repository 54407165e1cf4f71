"""Privacy's part of telephone calls: what is kept beside tickets, taken away, let go in time.

Calls themselves and the calls that we owe point at their customer and ticket, so they are exported, moved and emptied
with them. Left are calls of hooks as they came, addresses of recordings, and the recordings' time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.messaging.privacy import drop_calls
from channels_app.models import CallLeg, CallRecording, HookPayload
from customers.models import PrivacyJob
from customers.person import person_in
from customers.retention import Kind
from tickets.customers.wordless import drop_files
from tickets.models import Call, CallbackRequest, CallbackState

# The id of a call stands in every call of a hook about it, as it came.
NAMING = "SELECT id FROM channels_app_hookpayload WHERE account_id = %s AND position(%s::bytea IN raw) > 0"


def erase(job: PrivacyJob) -> None:
    """Step: rows stay, to be counted. Nobody calls back who is not there any more."""
    person = person_in(job)
    calls = Call.objects.filter(customer__in=person.customers) | Call.objects.filter(
        ticket__requester__in=person.customers
    )
    ids = list(calls.values_list("pk", flat=True))
    Call.objects.filter(pk__in=ids).update(number="", our_number="")
    owed = CallbackRequest.objects.filter(customer__in=person.customers)
    owed.filter(state__in=[CallbackState.WAITING, CallbackState.CLAIMED]).update(state=CallbackState.FAILED)
    CallRecording.objects.filter(call__in=ids).update(url="", reason="")
    for leg in CallLeg.objects.filter(call__in=ids):
        with connection.cursor() as cursor:
            cursor.execute(NAMING, [leg.account_id, leg.external_id.encode()])
            found = [pk for (pk,) in cursor.fetchall()]
        drop_calls(HookPayload.objects.filter(pk__in=found), _("The person was erased."))


def _old_recordings(before: datetime) -> QuerySet[CallRecording]:
    return CallRecording.objects.filter(created_at__lt=before).exclude(attachment=None).order_by("pk")


def _drop_recordings(ids: Sequence[int]) -> None:
    recordings = CallRecording.objects.filter(pk__in=ids)
    drop_files(list(recordings.values_list("attachment", flat=True)))
    recordings.update(attachment=None, url="", reason=_("Its time was over."))


KINDS = (
    Kind(
        "call_recordings",
        gettext_lazy("Recordings of calls and voicemails"),
        gettext_lazy("What was said. That there was a call, when and how long, stays."),
        _old_recordings,
        _drop_recordings,
    ),
)
