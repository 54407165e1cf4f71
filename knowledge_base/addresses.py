"""Addresses of the help centre. The number decides, the words after it are for people: old ones lead to the new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import slugify

from knowledge_base.models.centre import name_in

if TYPE_CHECKING:
    from knowledge_base.models import Category, Picture, Section, Translation


def slug_of(title: str) -> str:
    """As it stands in an address; letters of every script are kept."""
    return slugify(title, allow_unicode=True)[:120].strip("-")


def home_path(language: str) -> str:
    return reverse("help-home", args=[language])


def article_path(translation: Translation) -> str:
    return path_of("help-article", translation.language, translation.article_id, translation.slug)


def category_path(category: Category, language: str) -> str:
    return path_of("help-category", language, category.pk, slug_of(name_in(category.texts, language)))


def section_path(section: Section, language: str) -> str:
    return path_of("help-section", language, section.pk, slug_of(name_in(section.texts, language)))


def path_of(name: str, language: str, number: int, slug: str) -> str:
    return reverse(name, args=[language, f"{number}-{slug}" if slug else str(number)])


def number_in(place: str) -> int:
    """The number that an address's last part begins with; 0 where there is none."""
    head = place.split("-", 1)[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 19 else 0


def picture_path(picture: Picture) -> str:
    """Named by what is in it: another image is another address, so that it may be kept."""
    return reverse("help-picture", args=[f"{picture.pk}-{picture.file.rpartition('/')[2]}"])
