"""The form of a trigger or automation, and what is wrong with one that is stored."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import User
from tickets import revisions
from tickets.automation import rules
from tickets.automation.soundness import action_problems, stored_problem
from tickets.builder import ActionsField, BuilderField, ConditionsField
from tickets.conditions import Problem, problems
from tickets.models import Rule, RuleCategory


class RuleForm(forms.ModelForm[Rule]):
    category = forms.CharField(
        label=gettext_lazy("Category"), required=False, max_length=80,
        help_text=gettext_lazy("Choose one or write a new one. Rules run category by category."),
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )  # fmt: skip

    spares_existing = forms.BooleanField(
        label=gettext_lazy("Leave tickets alone for which it holds already"), required=False,
        help_text=gettext_lazy("It acts on each of them as soon as it holds anew. Otherwise it acts on them at once."),
    )  # fmt: skip

    class Meta:
        model = Rule
        fields: ClassVar = ["title", "description", "is_active"]

    def __init__(self, data: Any, instance: Rule) -> None:
        super().__init__(data, instance=instance)
        self.fields["conditions"] = ConditionsField(scope=instance.kind)
        self.fields["actions"] = ActionsField(scope=instance.kind)
        self.fields["description"].widget.attrs["placeholder"] = _("What it is for, in one line")
        self.initial.update(
            conditions=instance.conditions, actions=instance.actions, category=str(instance.category or "")
        )
        if instance.kind == "automation":
            del self.fields["category"]
        if instance.kind != "automation" or instance.pk:
            del self.fields["spares_existing"]

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not title:
            raise ValidationError(_("Give the rule a title."))
        return title

    @property
    def categories(self) -> list[str]:
        return list(RuleCategory.objects.values_list("name", flat=True))

    @property
    def condition_problems(self) -> list[Problem]:
        """With the conditions as the form shows them: those sent, or those stored."""
        if self.is_bound:
            return self._found("conditions")
        return problems(self.instance.conditions, self.instance.kind)

    @property
    def action_problems(self) -> list[Problem]:
        if self.is_bound:
            return self._found("actions")
        return action_problems(self.instance.actions, self.instance.kind) if self.instance.pk else []

    def _found(self, name: str) -> list[Problem]:
        field = self.fields[name]
        assert isinstance(field, BuilderField)
        return field.problems

    def values(self) -> dict[str, Any]:
        """The fields of the rule, once the form is valid. What has just been checked has no problem any more."""
        data = self.cleaned_data
        name = " ".join(data.get("category", "").split())
        return {
            **{field: data[field] for field in ("title", "description", "is_active", "conditions", "actions")},
            "category": rules.category_named(name) if name else None,
            "problem": "",
        }


def restore(rule: Rule, number: int, author: User) -> Rule:
    """What the rule was in that revision; switched off where what it named then is gone by now."""
    then = Rule(pk=rule.pk, kind=rule.kind)
    revisions.put_back(then, number)
    return rules.restore_rule(rule, number, author, problem=stored_problem(then.kind, then.conditions, then.actions))
