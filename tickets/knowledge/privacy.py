"""The help centre's part of a person: what they read, searched, said and sent without proving it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.exporting import part_of, person_exported, row_of
from customers.models import PrivacyJob
from customers.person import Person, person_in
from knowledge_base.models import Comment, Offer, Search, View, Vote
from tickets.knowledge.merging import OF_CUSTOMERS
from tickets.models import ContactFile, ContactRequest, SignInLink
from tickets.unused_files import let_go


def count(person: Person) -> list[tuple[str, int]]:
    """What the page before says will go."""
    rows = sum(model._default_manager.filter(customer_id__in=person.customers).count() for model in OF_CUSTOMERS)
    return [(_("Readings, searches, votes and comments in the help centre"), rows)]


def erase(job: PrivacyJob) -> None:
    """Step: that it was read and searched stays, to be counted; by whom, and their words, do not."""
    person = person_in(job)
    theirs = {"customer_id__in": person.customers}
    nobodys = {"customer_id": None, "visitor": ""}
    Comment.objects.filter(**theirs).delete()
    View.objects.filter(**theirs).update(**nobodys)
    Search.objects.filter(**theirs).update(words="", folded="", **nobodys)
    Offer.objects.filter(**theirs).update(words="", **nobodys)
    for row in Vote.objects.filter(**theirs):  # one of a visitor and article: nobody's need a name of their own
        Vote.objects.filter(pk=row.pk).update(text="", customer_id=None, visitor=f"erased-{row.pk}")
    newest = job.plan["barriers"].get("tickets_contactrequest", 2**62)
    unproved = ContactRequest.objects.filter(email__in=person.addresses, customer=None, pk__lte=newest)
    let_go(ContactFile.objects.filter(request__in=unproved).values_list("file", flat=True))
    unproved.delete()
    ContactRequest.objects.filter(customer__in=person.customers, pk__lte=newest).update(email="", visitor="")
    newest = job.plan["barriers"].get("tickets_signinlink", 2**62)
    SignInLink.objects.filter(email__in=person.addresses, pk__lte=newest).delete()


def export(job: PrivacyJob) -> None:
    """Step: all that is kept of them, and of browsers in which they were signed in."""
    person = person_exported(job)
    with part_of(job, "help-centre") as part:
        for model in OF_CUSTOMERS:
            rows = model._default_manager.filter(customer_id__in=person.customers).order_by("pk")
            part.json(f"help_{model._meta.model_name}", [row_of(row, but=("visitor", "seen_by")) for row in rows])
