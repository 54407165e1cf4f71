"""Forms of assignment: how a team hands out its tickets, what a person can take."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from helpdesk.accounts.models import Availability, User
from tickets.models import Capacity, Channel, Skill, TeamRouting
from tickets.routing.candidates import DEFAULT_ROOM, OTHER_ROOM

MOST = 1_000
MONTH = 60 * 24 * 31


class AvailabilityForm(forms.Form):
    availability = forms.ChoiceField(choices=Availability.choices)


class TeamRoutingForm(forms.ModelForm[TeamRouting]):
    take_back_after = forms.IntegerField(
        label=_l("Take back when unanswered for"),
        min_value=0,
        max_value=MONTH,
        help_text=_l("Minutes; of working hours if it hands out only in them. 0 is never."),
    )

    class Meta:
        model = TeamRouting
        fields: ClassVar = ["mode", "uses_skills", "only_in_hours", "take_back_after"]
        labels: ClassVar = {
            "mode": _l("How tickets find their person"),
            "uses_skills": _l("Only to people with the skills a ticket asks for"),
            "only_in_hours": _l("Only in the team’s working hours"),
        }
        help_texts: ClassVar = {
            "mode": _l("Only to people of the team who are online and have room. What is done by hand always wins."),
            "uses_skills": _l("Its skills, and its customer’s language where there is a skill for it, like lang:de."),
        }
        widgets: ClassVar = {"mode": forms.RadioSelect}


class PersonForm(forms.Form):
    """How many open tickets of each channel somebody takes, and what they know."""

    skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(),
        label=_l("Skills"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("New ones are added under Assignment."),
    )

    def __init__(self, data: QueryDict | None = None, *, person: User) -> None:
        super().__init__(data, initial={"skills": person.skills.all()})
        capacity = Capacity.objects.filter(user=person).first()
        for channel, label in Channel.choices:
            usual = DEFAULT_ROOM.get(channel, OTHER_ROOM)
            self.fields[f"room_{channel}"] = forms.IntegerField(
                label=_room_label(channel) % {"channel": label},
                min_value=0,
                max_value=MOST,
                required=False,
                help_text=_("Empty: %(count)s. 0: none of these.") % {"count": usual},
                initial=capacity.per_channel.get(channel) if capacity else None,
            )
        self.order_fields([*(f"room_{channel}" for channel in Channel.values), "skills"])

    def per_channel(self) -> dict[str, int]:
        asked = {channel: self.cleaned_data[f"room_{channel}"] for channel in Channel.values}
        return {channel: most for channel, most in asked.items() if most is not None}


def _room_label(channel: str) -> str:
    """Chats count while they are under way; what they leave behind is answered by mail."""
    return _("Chats at a time at most") if channel == Channel.CHAT else _("Open tickets at most: %(channel)s")


class SkillForm(forms.Form):
    name = forms.CharField(label=_l("New skill"), max_length=60, help_text=_l("A product, or a language: lang:de."))

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if "," in name:
            raise ValidationError(_("A skill’s name has no comma."))
        if Skill.objects.filter(name__iexact=name).exists():
            raise ValidationError(_("There is such a skill already."))
        return name
