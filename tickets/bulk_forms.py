"""What the bar of a selection sends: which tickets, which changes, and whether the number was seen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.accounts.models import User
from tickets.automation.actions import Wanted, check_actions, describe
from tickets.bulk import MOST_PICKED
from tickets.bulk_lists import tickets_of_list
from tickets.conditions import Invalid, Problem
from tickets.lists import LONGEST_FILTER
from tickets.models.ticket import TicketQuerySet

CONFIRMED_ABOVE = 50


class ActionsField(forms.JSONField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:  # numbers of thousands of digits, nesting without end
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class BulkForm(forms.Form):
    """`ids` are those that were picked, parted by commas; without them `all_of` is the address of a whole list."""

    ids = forms.CharField(required=False)
    all_of = forms.CharField(required=False, max_length=2 * LONGEST_FILTER)
    actions = ActionsField(required=False)
    submit_key = forms.UUIDField(required=False)
    confirmed = forms.BooleanField(required=False)
    preview = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.problems: list[Problem] = []  # which of the changes are wrong, and why

    def clean_ids(self) -> list[int]:
        words = [word for word in str(self.cleaned_data["ids"]).split(",") if word]
        if len(words) > MOST_PICKED:
            raise ValidationError(_("At most %(most)s tickets can be picked one by one.") % {"most": MOST_PICKED})
        if not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in words):
            raise ValidationError(_("These are no tickets."))
        return list(dict.fromkeys(map(int, words)))

    def clean_actions(self) -> list[Wanted]:
        try:
            return check_actions(self.cleaned_data["actions"])
        except Invalid as invalid:
            self.problems = invalid.problems
            raise ValidationError(str(invalid)) from invalid

    def clean(self) -> None:
        if not self.cleaned_data.get("ids") and not self.cleaned_data.get("all_of") and not self.errors:
            raise ValidationError(_("Select some tickets first."))

    @property
    def tickets(self) -> TicketQuerySet | Collection[int]:
        """The numbers that were picked, seen or not: what can't be seen is refused by name. Or all of a list."""
        if self.cleaned_data["ids"]:
            return list(self.cleaned_data["ids"])
        return tickets_of_list(self.cleaned_data["all_of"], self.user)

    @property
    def count(self) -> int:
        tickets = self.tickets
        return tickets.count() if isinstance(tickets, TicketQuerySet) else len(tickets)

    def sentence(self, count: int) -> str:
        """Change 18 tickets: set the status to Solved; add the tags refund."""
        told = ngettext("Change %(count)s ticket", "Change %(count)s tickets", count) % {"count": f"{count:,}"}
        return f"{told}: {describe(self.cleaned_data['actions'])}."
