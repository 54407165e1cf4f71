"""What the search of articles reads, and what was searched for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge_base.models.article import Article, Translation
from knowledge_base.models.centre import HelpCentre


class ArticleWords(models.Model):
    """The words of a published translation, written in the transaction that publishes it.

    `vector` is made by the dictionary of its language (search/languages.py), title before summary before text;
    `title` and `text` are plain, folded for typing mistakes and kept for excerpts.
    """

    translation = models.OneToOneField(Translation, models.CASCADE, primary_key=True, related_name="words")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    vector = SearchVectorField()

    class Meta:
        verbose_name_plural = "article words"
        indexes = [
            GinIndex(fields=["vector"], name="article_words_vector"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="article_words_title"),
        ]

    def __str__(self) -> str:
        return self.title


class KnownWord(models.Model):
    """A word that some article of a language contains: what a mistyped one is compared with."""

    language = models.CharField(max_length=8)
    word = models.CharField(max_length=60)
    articles = models.PositiveIntegerField(default=0, help_text=_("In how many."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="known_word_once")]
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="known_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class Synonyms(models.Model):
    """Words that mean the same to readers: a search for one finds the others too."""

    language = models.CharField(_("language"), max_length=8)
    words = ArrayField(models.CharField(max_length=80), verbose_name=_("words"))

    class Meta:
        verbose_name_plural = "synonyms"
        ordering = ["language", "words"]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchedFrom(models.TextChoices):
    CENTRE = "centre", _("Help centre")
    FORM = "form", _("Contact form")
    WIDGET = "widget", _("Chat widget")
    AGENT = "agent", _("Agents")


class Search(models.Model):
    """One search, as it was when its answer was read: what is typed on the way to it is not one of its own.

    `visitor` is audience.visitor_of; `ticket` is filled in when the same visitor wrote to us within 72 hours.
    """

    centre = models.ForeignKey(HelpCentre, models.CASCADE, related_name="searches")
    language = models.CharField(max_length=8)
    words = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, help_text=_("As searches are counted: small letters, no accents."))
    results = models.PositiveIntegerField()
    clicked = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    searched_from = models.CharField(max_length=8, choices=SearchedFrom, default=SearchedFrom.CENTRE)
    visitor = models.CharField(max_length=32, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    ticket = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "searches"
        indexes = [
            models.Index(fields=["-at"], name="search_newest"),
            models.Index(fields=["visitor", "-at"], name="search_of_visitor"),
            models.Index(fields=["customer_id", "-at"], name="search_of_customer"),
        ]

    def __str__(self) -> str:
        return self.words
