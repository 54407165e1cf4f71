"""Categories and sections: made, named, put in order, and who reads what lies in a section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.models import ArticleEvent, AudienceKind, Category, HelpCentre, Section, Translation

Texts = Mapping[str, Mapping[str, str]]
Placed = TypeVar("Placed", Category, Section)

TONES: Final = ("blue", "teal", "green", "amber", "orange", "red", "pink", "violet", "slate")
ICONS: Final = (
    "book-open", "life-buoy", "package", "ticket", "inbox", "user", "users", "key-round", "shield", "settings",
    "wrench", "zap", "star", "globe", "smile", "message-circle", "calendar-clock", "chart-column", "lightbulb",
    "file-text", "monitor", "phone", "map-pin", "workflow", "sun", "timer", "house",
)  # fmt: skip
MOST_NAMED: Final = 500  # organisations and segments of one section


@dataclass(frozen=True)
class Audience:
    """Who reads a section; the ids count for chosen ones only."""

    kind: AudienceKind = AudienceKind.PUBLIC
    organisation_ids: tuple[int, ...] = ()
    segment_ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, section: Section) -> Audience:
        return cls(AudienceKind(section.audience), tuple(section.organisation_ids), tuple(section.segment_ids))


@transaction.atomic
def save_category(category: Category, texts: Texts, *, icon: str, tone: str) -> Category:
    """A new one becomes the last of its help centre."""
    category.texts = _tidy(texts, category.centre)
    category.icon = icon if icon in (*ICONS, category.icon) else ICONS[0]
    category.tone = tone if tone in TONES else TONES[0]
    if not category.pk:
        category.position = category.centre.categories.count()
    category.save()
    return category


@transaction.atomic
def save_section(section: Section, texts: Texts, audience: Audience, *, by: User) -> Section:
    """A new one becomes the last of its category. Who else reads its articles from now on is told in each's history."""
    before = Section.objects.select_for_update(no_key=True).filter(pk=section.pk).first()
    _ensure_somebody(audience)
    if before and before.category_id != section.category_id:
        _ensure_languages(section)
    section.texts = _tidy(texts, section.category.centre)
    is_chosen = audience.kind == AudienceKind.CHOSEN
    section.audience = audience.kind
    section.organisation_ids = sorted(set(audience.organisation_ids)) if is_chosen else []
    section.segment_ids = sorted(set(audience.segment_ids)) if is_chosen else []
    if before is None or before.category_id != section.category_id:
        section.position = section.category.sections.exclude(pk=section.pk).count()
    section.save()
    if before and Audience.of(before) != Audience.of(section):
        _tell_articles(before, section, by)
    return section


@transaction.atomic
def place(one: Placed, index: int) -> None:
    """Its place among those beside it, from 0 on."""
    beside = _beside(one)
    beside.insert(max(0, min(index, len(beside))), one)
    for position, other in enumerate(beside):
        if other.position != position:
            other.position = position
            other.save(update_fields=["position", "updated_at"])


@transaction.atomic
def delete_category(category: Category) -> None:
    """Only an empty one: what readers know the address of does not vanish with it."""
    if count := category.sections.count():
        said = ngettext("%(count)s section lies in it.", "%(count)s sections lie in it.", count)
        raise Refused(said % {"count": count} + " " + _("Move or delete them first."))
    category.delete()


@transaction.atomic
def delete_section(section: Section) -> None:
    """Only an empty one; articles in the archive count, since their old addresses lead here."""
    if count := section.articles.count():
        said = ngettext("%(count)s article lies in it.", "%(count)s articles lie in it.", count)
        raise Refused(said % {"count": count} + " " + _("Move them first; those in the archive too."))
    section.delete()


def _beside(one: Placed) -> list[Placed]:
    if isinstance(one, Category):
        HelpCentre.objects.select_for_update(no_key=True).get(pk=one.centre_id)
        return list(one.centre.categories.exclude(pk=one.pk))
    Category.objects.select_for_update(no_key=True).get(pk=one.category_id)
    return list(one.category.sections.exclude(pk=one.pk))


def _tidy(texts: Texts, centre: HelpCentre) -> dict[str, dict[str, str]]:
    """Languages that have a name, with the help centre's own among them."""
    tidy = {
        language: {"name": name[:120], "description": said.get("description", "").strip()[:500]}
        for language, said in texts.items()
        if (name := said.get("name", "").strip())
    }
    if centre.default_language not in tidy:
        raise Refused(_("Give it a name in the language that is fallen back on."), f"name_{centre.default_language}")
    return tidy


def _ensure_somebody(audience: Audience) -> None:
    named = [*audience.organisation_ids, *audience.segment_ids]
    if audience.kind == AudienceKind.CHOSEN and not named:
        raise Refused(_("Choose at least one organisation or segment."), "audience")
    if len(named) > MOST_NAMED:
        raise Refused(_("%(most)s at most: make a segment of them.") % {"most": MOST_NAMED}, "audience")


def _ensure_languages(section: Section) -> None:
    written = set(Translation.objects.filter(article__section=section).values_list("language", flat=True))
    if written - set(section.category.centre.languages):
        raise Refused(_("That help centre does not have all languages of its articles."), "category")


def _tell_articles(before: Section, after: Section, by: User) -> None:
    payload = {"was": before.audience, "now": after.audience}
    ids: Sequence[int] = list(after.articles.values_list("pk", flat=True))
    ArticleEvent.objects.bulk_create(
        ArticleEvent(article_id=pk, kind="audience.changed", payload=payload, by=by, by_name=str(by)) for pk in ids
    )
