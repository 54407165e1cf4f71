"""What browsers send about calls. Forms check shape; what it means is checked by the services."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from helpdesk.lib.html import text_to_html
from tickets.calls.callers import clean_number
from tickets.calls.writing_up import LONGEST, LoggedCall, WriteUp
from tickets.models import AgentPhone, CallDirection, CallScript, Inbox, Outcome, Status

CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2})")
SAID: Final = [(value, label) for value, label in Outcome.choices if value not in ("", Outcome.MISSED)]
AGAIN: Final = (
    ("30m", gettext_lazy("In 30 minutes")),
    ("2h", gettext_lazy("In 2 hours")),
    ("tomorrow", gettext_lazy("Tomorrow at 9:00")),
    ("at", gettext_lazy("At this time:")),
)
STATUSES: Final = (
    ("", gettext_lazy("Leave it as it is")),
    (Status.SOLVED.value, gettext_lazy("Solve it")),
    (Status.PENDING.value, gettext_lazy("Pending: we wait for them")),
)


class WriteUpForm(forms.Form):
    """What came of a call. `steps` are those of the script that were ticked."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=SAID,
        error_messages={"required": gettext_lazy("Say what came of the call.")},
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, max_length=500, help_text=gettext_lazy("With commas between them.")
    )
    follow_up_on = forms.DateField(
        label=gettext_lazy("Call again on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    status = forms.ChoiceField(label=gettext_lazy("The ticket"), choices=STATUSES, required=False)
    script = forms.ModelChoiceField(CallScript.objects.filter(is_active=True), required=False)

    def written(self, steps: list[str]) -> WriteUp:
        data = self.cleaned_data
        return WriteUp(
            outcome=data["outcome"],
            notes=text_to_html(data["notes"]) if data["notes"].strip() else "",
            tags=[tag for tag in data["tags"].split(",") if tag.strip()],
            follow_up_on=data["follow_up_on"],
            script=data["script"],
            steps_done=steps,
            status=data["status"],
        )


class LogCallForm(WriteUpForm):
    """A call by any telephone: who, which number, in or out, how long; on a ticket of theirs or a new one."""

    field_order = ("who", "number", "direction", "duration", "outcome", "notes", "about", "subject")

    key = forms.UUIDField(widget=forms.HiddenInput)
    customer = forms.ModelChoiceField(Customer.objects.current(), required=False, widget=forms.HiddenInput)
    who = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("A name, a number, an address. Somebody new: just write their name."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[(CallDirection.IN, gettext_lazy("They called")), (CallDirection.OUT, gettext_lazy("We called"))],
        widget=forms.RadioSelect,
        initial=CallDirection.IN,
    )
    duration = forms.CharField(
        label=gettext_lazy("Duration"), max_length=12, initial="0:00", help_text=gettext_lazy("Minutes and seconds.")
    )
    about = forms.CharField(required=False, max_length=20)
    subject = forms.CharField(
        label=gettext_lazy("Subject of the new ticket"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Left empty: “Call from …”."),
    )
    inbox = forms.ModelChoiceField(Inbox.objects.filter(is_active=True), label=gettext_lazy("Inbox"), required=False)
    callback = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean_duration(self) -> int:
        """In seconds; "4" is four minutes."""
        said = self.cleaned_data["duration"].strip()
        if said.isdecimal() and len(said) < 5:
            seconds = int(said) * 60
        elif read := CLOCK.fullmatch(said):
            hours, minutes, rest = (int(part or 0) for part in read.groups())
            seconds = hours * 3600 + minutes * 60 + rest
        else:
            raise ValidationError(_("Write it as minutes and seconds, like 4:30."))
        if seconds > LONGEST:
            raise ValidationError(_("A call lasts at most a day."))
        return seconds

    def clean_number(self) -> str:
        said = self.cleaned_data["number"].strip()
        return clean_number(said) if said else ""

    def clean_about(self) -> int | None:
        """The number of a ticket; None: a new one."""
        said = self.cleaned_data["about"].strip().removeprefix("#")
        if said in ("", "new"):
            return None
        if not said.isdecimal() or len(said) > 12:
            raise ValidationError(_("There is no such ticket."))
        return int(said)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("about") or data.get("customer") or data.get("number") or data.get("who", "").strip()):
            self.add_error("who", _("Say who it was: a name, or a number."))
        return data

    def logged(self) -> LoggedCall:
        data = self.cleaned_data
        key: UUID = data["key"]
        return LoggedCall(key, data["direction"], data["number"], data["duration"])


class LaterForm(forms.Form):
    """When to call again."""

    again = forms.ChoiceField(choices=AGAIN)
    at = forms.DateTimeField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), input_formats=["%Y-%m-%dT%H:%M"]
    )

    def due_at(self, now: datetime) -> datetime | None:
        """In the reader's own time zone; None where no time was given."""
        match self.cleaned_data["again"]:
            case "30m":
                return now + timedelta(minutes=30)
            case "2h":
                return now + timedelta(hours=2)
            case "tomorrow":
                day = timezone.localtime(now).date() + timedelta(days=1)
                return timezone.make_aware(datetime.combine(day, time(9)))
        at: datetime | None = self.cleaned_data["at"]
        return at


class ScriptForm(forms.ModelForm[CallScript]):
    steps = forms.CharField(
        label=gettext_lazy("Steps"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy("One a line: what to ask, say or do. They are ticked while talking."),
    )

    class Meta:
        model = CallScript
        fields = ("topic", "opening", "steps", "closing", "is_active")
        widgets = {"opening": forms.Textarea(attrs={"rows": 3}), "closing": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "opening": gettext_lazy("How the call begins, word for word."),
            "closing": gettext_lazy("How it ends."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["steps"] = "\n".join(self.instance.steps)

    def clean_steps(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["steps"].splitlines()]
        steps = list(dict.fromkeys(line for line in lines if line))
        if len(steps) > 40 or any(len(step) > 300 for step in steps):
            raise ValidationError(_("At most 40 steps of 300 characters."))
        return steps


class AgentPhoneForm(forms.ModelForm[AgentPhone]):
    class Meta:
        model = AgentPhone
        fields = ("number", "takes_calls")
        labels = {"number": gettext_lazy("Your number"), "takes_calls": gettext_lazy("Show me calls that ring")}
        help_texts = {"number": gettext_lazy("Where calls reach you, with its country: +49 30 1234567.")}
        widgets = {"number": forms.TextInput(attrs={"type": "tel", "dir": "ltr"})}

    def clean_number(self) -> str:
        said = str(self.cleaned_data["number"]).strip()
        number = clean_number(said) if said else ""
        if said and not number.startswith("+"):
            raise ValidationError(_("Write the number with its country, like +49 30 1234567."))
        return number
