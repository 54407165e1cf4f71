"""Forms of those who write: they check shape, services check meaning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, User
from knowledge_base.models import Article, HelpCentre, Section
from knowledge_base.policies import may_publish, may_write


class FactsForm(forms.Form):
    """What an article is beside its words. Who may publish also says where it lies, as far as they may publish there,
    and that it is promoted.
    """

    owner = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Owner"))
    section = forms.ModelChoiceField(Section.objects.none(), label=_("Section"))
    labels = forms.CharField(
        required=False, max_length=2000, label=_("Labels"), help_text=_("With commas between. Search finds them.")
    )
    review_by = forms.DateField(
        required=False,
        label=_("Look at it again by"),
        help_text=_("Its owner is reminded on that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    is_promoted = forms.BooleanField(required=False, label=_("Promoted"))
    has_comments = forms.BooleanField(required=False, label=_("Readers may comment"))

    def __init__(self, article: Article, user: User, data: Any = None) -> None:
        super().__init__(data, auto_id="facts_%s", initial=_shown(article))
        people = User.objects.filter(is_active=True, role__in=_WRITERS) | User.objects.filter(pk=article.owner_id or 0)
        open_to = [centre for centre in HelpCentre.objects.all() if may_publish(user, centre)]
        sections = Section.objects.filter(category__centre__in=open_to).select_related("category__centre")
        self["owner"].field.queryset = people.order_by("name")  # type: ignore[attr-defined]
        chosen = self["section"].field
        chosen.queryset = sections.order_by("category__centre", "category__position", "position")  # type: ignore[attr-defined]
        chosen.label_from_instance = _section_label  # type: ignore[attr-defined]
        if article.section.category.centre not in open_to:
            del self.fields["section"], self.fields["is_promoted"]
        if not article.section.category.centre.has_comments:
            del self.fields["has_comments"]

    @property
    def labels_given(self) -> list[str]:
        labels: str = self.cleaned_data["labels"]
        return labels.split(",")


_WRITERS = [role for role in Role.values if may_write(User(role=role, is_active=True))]


def _shown(article: Article) -> dict[str, Any]:
    return {
        "owner": article.owner_id,
        "section": article.section_id,
        "labels": ", ".join(article.labels),
        "review_by": article.review_by,
        "is_promoted": article.is_promoted,
        "has_comments": article.has_comments,
    }


def _section_label(section: Section) -> str:
    return f"{section.category} › {section} ({section.get_audience_display()})"
