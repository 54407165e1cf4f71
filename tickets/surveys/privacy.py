"""The surveys' part of a person: to which address they were asked. What they said goes with their tickets.

Scores, reasons' numbers and moments stay, to be counted; comments, addresses and links that still work do not.
"""

from __future__ import annotations

from django.db.models import Q

from customers.exporting import part_of, person_exported, row_of
from customers.models import PrivacyJob
from customers.person import Person, person_in
from tickets.models import InvitationState, SurveyInvitation, SurveyMail


def erase(job: PrivacyJob) -> None:
    """Step: nobody is asked or reminded any more, and where mails went is forgotten."""
    person = person_in(job)
    newest = job.plan["barriers"].get("tickets_surveymail", 2**62)
    theirs = SurveyInvitation.objects.filter(customer__in=person.customers)
    SurveyMail.objects.filter(_of(person) | Q(email__in=person.addresses, pk__lte=newest)).delete()
    theirs.filter(state=InvitationState.WAITING).delete()
    theirs.filter(state=InvitationState.SENT).update(state=InvitationState.EXPIRED)
    theirs.update(mailed_to="", due_at=None, remind_at=None)


def export(job: PrivacyJob) -> None:
    """Step: the mails by which they were asked; answers and invitations are exported with all else that is theirs."""
    person = person_exported(job)
    with part_of(job, "surveys") as part:
        mails = SurveyMail.objects.filter(_of(person) | Q(email__in=person.addresses)).order_by("pk")
        part.json("survey_mails", [row_of(mail) for mail in mails])


def _of(person: Person) -> Q:
    return Q(invitation__customer__in=person.customers)
