"""Articles, what they say in each language, and every version of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from knowledge_base.audience import Reader
from knowledge_base.models.centre import Section


class Article(models.Model):
    """What is the same in all languages. `language` is the one it is written in first: the source of translations.

    `archived_at` takes it from readers in every language; whoever asks for it is sent to `successor`, or to its
    section. `review_by` is when its owner promised to look at it again.
    """

    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    language = models.CharField(_("language"), max_length=8)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="owned_articles", verbose_name=_("owner")
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    labels = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("labels"))
    is_promoted = models.BooleanField(_("promoted"), default=False)
    has_comments = models.BooleanField(_("readers may comment"), default=True)
    position = models.PositiveIntegerField(default=0)
    review_by = models.DateField(_("look at it again by"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="predecessors")
    from_ticket = models.BigIntegerField(null=True, blank=True, help_text=_("The number of the ticket it began with."))
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["section", "position"], name="article_of_section", condition=Q(archived_at=None)),
            models.Index(fields=["review_by"], name="article_to_review", condition=Q(archived_at=None)),
            GinIndex(fields=["labels"], name="article_labels"),
        ]

    def __str__(self) -> str:
        return f"article {self.pk}"


class State(models.TextChoices):
    """Where the work on a translation stands. Readers see its published revision, whatever is being written since."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")


class TranslationQuerySet(models.QuerySet["Translation"]):
    def readable_by(self, reader: Reader) -> TranslationQuerySet:
        """What a reader may find and open: the one place that decides (knowledge_base/audience.py)."""
        return self.filter(reader.may_read("article__section__"), article__archived_at=None).exclude(published=None)


class Translation(models.Model):
    """An article in one language: the words being worked on, and the revision that readers see.

    `body` is HTML that our editor can produce (knowledge_base/body.py), with links to other articles and reusable
    blocks by number. `version` rises with every save, for editors to say which they saw. `source` is the revision of
    the article's first language that this was translated from: a newer one published means "source changed since".
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=8)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=255, blank=True)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=0)
    slug = models.CharField(max_length=120, blank=True, help_text=_("Of the published title."))
    published = models.ForeignKey("Revision", models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.ForeignKey("Revision", models.SET_NULL, null=True, blank=True, related_name="+")
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text=_("When readers first saw it."))
    edited_at = models.DateTimeField(null=True, blank=True, help_text=_("When readers saw it changed last."))
    worked_on_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    worked_on_at = models.DateTimeField(default=timezone.now)
    links_due_at = models.DateTimeField(null=True, blank=True, help_text=_("When its links are looked at again."))

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="translation_one_of_a_language"),
            models.CheckConstraint(
                condition=~Q(state=State.SCHEDULED) | Q(publish_at__isnull=False), name="translation_scheduled_when"
            ),
        ]
        indexes = [
            models.Index(fields=["publish_at"], name="translation_due", condition=Q(state="scheduled")),
            models.Index(fields=["-worked_on_at"], name="translation_worked_on"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))


class Revision(models.Model):
    """One version of a translation's words. Never changed; each publishing makes one, and so may an author."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    summary = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="article_revision_unique_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class ArticleEvent(models.Model):
    """What happened to an article, and by whom. Append-only; kinds and their sentences are in events.py."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="events")
    language = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["article", "-id"], name="article_event_newest")]

    def __str__(self) -> str:
        return self.kind


class AuthorComment(models.Model):
    """What colleagues say of an article while it is written, at some of its words (`quote`) or at all of it."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="author_comments")
    quote = models.CharField(max_length=500, blank=True)
    text = models.TextField(max_length=5000)
    answers = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ContentBlock(models.Model):
    """Words that stand in many articles and are changed in one place. `texts` is language → HTML."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    texts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    updated_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Picture(models.Model):
    """An image of articles. Its bytes are a file of the default storage, named by their hash: the same is kept once.

    Who may read one of the articles (or blocks) that show it may see it; `articles` is kept with every save.
    `unused_since` is when it came, or left the last text that showed it; none while one does (picture_upkeep.py).
    """

    file = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    filename = models.CharField(max_length=255)
    articles = models.ManyToManyField(Article, related_name="pictures", blank=True)
    blocks = models.ManyToManyField(ContentBlock, related_name="pictures", blank=True)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    unused_since = models.DateTimeField(default=timezone.now, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["unused_since"], name="picture_unused", condition=Q(unused_since__isnull=False))
        ]

    def __str__(self) -> str:
        return self.filename


class OldAddress(models.Model):
    """An address that an article, section or category had elsewhere, as in an imported help centre."""

    path = models.CharField(max_length=500, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="old_addresses")
    section = models.ForeignKey(Section, models.CASCADE, null=True, blank=True, related_name="old_addresses")
    language = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name_plural = "old addresses"

    def __str__(self) -> str:
        return self.path
