"""What customers allow, as an agent writes it down, and as they say it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.consent import Standing
from customers.models import ContactChannel, Purpose


class ConsentForm(forms.Form):
    """`cleaned_data` are the arguments of `customers.consent.set_consent`."""

    template_name = "components/form.html"

    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices)
    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices)
    is_given = forms.TypedChoiceField(
        label=_("Answer"), choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda answer: answer == "yes"
    )
    evidence = forms.CharField(
        label=_("How we know"), max_length=300, help_text=_("A yes that nobody can show is none: when, where, how.")
    )


class PreferencesForm(forms.Form):
    """A list of channels for each purpose; ticked is what is in force."""

    template_name = "components/form.html"

    def __init__(self, in_force: Sequence[Standing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_force = in_force
        for purpose in Purpose:
            of_it = [it for it in in_force if it.purpose == purpose]
            self.fields[purpose.value] = forms.MultipleChoiceField(
                label=purpose.label,
                choices=[(it.channel, it.channel_label) for it in of_it],
                initial=[it.channel for it in of_it if it.is_given],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Without this we can’t answer you there.") if purpose == Purpose.SUPPORT else "",
            )

    def changes(self) -> list[tuple[str, str, bool]]:
        """(channel, purpose, is given) of what differs: only that is a thing that was said."""
        ticked = {(channel, purpose) for purpose, channels in self.cleaned_data.items() for channel in channels}
        asked = [(it, (it.channel, it.purpose) in ticked) for it in self._in_force]
        return [(it.channel, it.purpose, is_given) for it, is_given in asked if is_given != it.is_given]
