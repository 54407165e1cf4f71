"""What browsers send about tickets. Forms check shape; what it means is checked by the services."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import WITHOUT_TICKETS, Role, Team, User
from tickets import send_times
from tickets.models import Inbox, Priority, Status, TicketType
from tickets.services import Recipients, own_addresses


def assignable_users() -> QuerySet[User]:
    return User.objects.filter(is_active=True).exclude(role__in=WITHOUT_TICKETS)


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Status)


class PriorityForm(forms.Form):
    priority = forms.ChoiceField(choices=Priority, required=False)


class TypeForm(forms.Form):
    type = forms.ChoiceField(choices=TicketType, required=False)


class SubjectForm(forms.Form):
    subject = forms.CharField()


class TagsForm(forms.Form):
    tags = forms.CharField(required=False)

    def clean_tags(self) -> list[str]:
        return str(self.cleaned_data["tags"]).split(",")


class AssigneeForm(forms.Form):
    """`me` is the person who asks, empty is nobody."""

    assignee = forms.ModelChoiceField(assignable_users(), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        if data.get("assignee") == "me":
            data = {"assignee": user.pk}
        super().__init__(data)


class TeamForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.all(), required=False)


class PersonForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.filter(is_active=True).exclude(role=Role.COMPANY), required=False)


def is_own_inbox(address: str) -> bool:
    """Mail to ourselves, under whatever plus part, would come back as a message on the same ticket."""
    return bool(own_addresses([address]))


class AddressForm(forms.Form):
    address = forms.EmailField()


class MultipleIntegerField(forms.Field):
    """Ids, none larger than the database can hold."""

    def to_python(self, value: Any) -> list[int]:
        try:
            ids = [int(each) for each in value or ()]
        except (ValueError, TypeError) as error:
            raise ValidationError(_("These are not attachments.")) from error
        if any(abs(each) >= 2**63 for each in ids):
            raise ValidationError(_("These are not attachments."))
        return ids


class AddressesField(forms.Field):
    """Addresses in one text or in several fields; None when the form has no such field."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> tuple[str, ...]:
        typed = re.split(r"[,;\n]", ",".join(str(each) for each in value or ()))
        plain = (address.rpartition("<")[2].removesuffix(">").strip().lower() for address in map(str.strip, typed))
        return tuple(dict.fromkeys(address for address in plain if address))


class SendLaterField(forms.CharField):
    """One of the offered times, or a date and time in the writer's zone; None for at once."""

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]  # a moment, not its words
        typed = str(super().to_python(value) or "")
        try:
            return send_times.read(typed, timezone.localtime()).astimezone(UTC) if typed else None
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("Choose a date and a time.")) from error


class ScheduleForm(forms.Form):
    """Another time for a reply that is sent later; `now` sends it at once."""

    send_later = SendLaterField(required=False)
    unless_answered = forms.BooleanField(required=False)
    now = forms.BooleanField(required=False)


class MessageForm(forms.Form):
    """A reply or note. `format` is html from the editor, text from the bare textarea of a page without scripts."""

    mode = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    body = forms.CharField(required=False, strip=False)
    format = forms.ChoiceField(choices=[("html", "html"), ("text", "text")], required=False)
    status = forms.ChoiceField(choices=[("", ""), *Status.choices], required=False)
    last_event = forms.IntegerField(required=False, min_value=0)
    submit_key = forms.UUIDField(required=False)
    attachments = MultipleIntegerField(required=False, widget=forms.MultipleHiddenInput)
    force = forms.BooleanField(required=False)
    to = AddressesField(required=False)
    cc = AddressesField(required=False)
    bcc = AddressesField(required=False)
    cc_seen = AddressesField(required=False)
    send_later = SendLaterField(required=False)
    unless_answered = forms.BooleanField(required=False)
    route = forms.CharField(required=False, max_length=400)
    answers = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    template = forms.CharField(required=False, max_length=600)

    @property
    def recipients(self) -> Recipients | None:
        """None where the form does not name them: the usual ones then, or the route that it does name."""
        if "to" not in self.data or self.cleaned_data["route"] not in ("", "email"):
            return None
        data = self.cleaned_data
        seen = data["cc_seen"] if "cc_seen" in self.data else None
        return Recipients(data["to"], data["cc"], data["bcc"], seen)

    @property
    def html(self) -> str:
        body = str(self.cleaned_data["body"])
        return body if self.cleaned_data["format"] == "html" else text_as_html(body)

    @property
    def chosen_template(self) -> dict[str, Any] | None:
        """`template` is its name and language, `var.<part>.<key>` are the words for its variables."""
        return template_of(self.data, str(self.cleaned_data["template"]))


def template_of(data: Any, named: str) -> dict[str, Any] | None:
    if not named:
        return None
    name, _bar, language = named.rpartition("|")
    variables = {field[4:]: data[field] for field in data if field.startswith("var.")}
    return {"name": name, "language": language, "parameters": variables}


def text_as_html(text: str) -> str:
    return linebreaks(urlize(text, autoescape=True)) if text.strip() else ""


class NewTicketForm(forms.Form):
    """A conversation that we begin: the first message goes out to the customer, or stays a note."""

    address = forms.EmailField(
        label=_("Customer’s e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Customer’s name"), required=False, max_length=200, help_text=_("Used when we don’t know them yet.")
    )
    inbox = forms.ModelChoiceField(Inbox.objects.filter(is_active=True), label=_("From inbox"), empty_label=None)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    body = forms.CharField(label=_("Message"), widget=forms.Textarea(attrs={"rows": 8}))
    mode = forms.ChoiceField(
        label=_("Send it as"),
        choices=[("reply", _("An e-mail to the customer")), ("note", _("An internal note, nothing is sent"))],
        widget=forms.RadioSelect,
        initial="reply",
    )
    assignee = forms.ModelChoiceField(
        assignable_users(), label=_("Assignee"), required=False, empty_label=_("Nobody yet")
    )
    priority = forms.ChoiceField(choices=Priority, label=_("Priority"), required=False)
    submit_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if is_own_inbox(address):
            raise ValidationError(_("This is the address of one of our inboxes."))
        return address

    @property
    def html(self) -> str:
        return text_as_html(str(self.cleaned_data["body"]))


class InboxForm(forms.ModelForm[Inbox]):
    class Meta:
        model = Inbox
        fields: ClassVar = ["name", "address", "team", "is_active"]

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).lower()
