"""The form of a webhook endpoint."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.integrations.models import WebhookEndpoint
from helpdesk.lib import outside
from tickets.builder import ConditionsField
from tickets.conditions import Problem, problems

EVENT_CHOICES = [
    ("ticket.opened", gettext_lazy("A ticket is opened")),
    ("message.received", gettext_lazy("A customer writes")),
    ("reply.added", gettext_lazy("An agent replies")),
    ("note.added", gettext_lazy("An internal note is written")),
    ("status.changed", gettext_lazy("The status changes")),
    ("priority.changed", gettext_lazy("The priority changes")),
    ("type.changed", gettext_lazy("The type changes")),
    ("subject.changed", gettext_lazy("The subject changes")),
    ("tags.changed", gettext_lazy("Tags change")),
    ("assignee.changed", gettext_lazy("The assignee changes")),
    ("team.changed", gettext_lazy("The team changes")),
    ("due.changed", gettext_lazy("The due date changes")),
    ("cc.added", gettext_lazy("Somebody is put in copy")),
    ("delivery.changed", gettext_lazy("A reply is sent, delayed or refused")),
    ("rule.fired", gettext_lazy("A rule does something")),
    ("sla.warned", gettext_lazy("An SLA target will be missed soon")),
    ("sla.breached", gettext_lazy("An SLA target is missed")),
    ("malware.found", gettext_lazy("Malware is found in a file")),
    ("message.redacted", gettext_lazy("Parts of a message are redacted")),
]


class EndpointForm(forms.ModelForm[WebhookEndpoint]):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Tell it when"),
        required=False,
        choices=EVENT_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None of them: only what rules send it."),
    )
    conditions = ConditionsField(label=gettext_lazy("Conditions"))

    class Meta:
        model = WebhookEndpoint
        fields: ClassVar = ["name", "url", "description", "kinds", "conditions"]
        labels: ClassVar = {"name": gettext_lazy("Name"), "description": gettext_lazy("Description")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        url = self.fields["url"]
        url.label = _("Address")
        url.help_text = _("https only, and none inside this network.")
        url.widget = forms.URLInput(attrs={"placeholder": "https://hooks.example.com/onethread", "dir": "ltr"})

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            outside.read_url(url, trusted=settings.WEBHOOK_PRIVATE_HOSTS, any_port=True)
        except outside.NotAllowed as error:
            raise ValidationError(_("This is no https address of a public server.")) from error
        return url

    @property
    def found_problems(self) -> list[Problem]:
        """With the conditions as the form shows them: those sent, or those stored."""
        field = self.fields["conditions"]
        assert isinstance(field, ConditionsField)
        return field.problems if self.is_bound else problems(self.instance.conditions or {})
