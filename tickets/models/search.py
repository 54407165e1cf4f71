"""What the search reads: words of tickets, words known at all, and what a person has searched for."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models.ticket import Ticket


@SearchVectorField.register_lookup
class Asks(models.Lookup[str]):
    """`vector__asks="…"`: a `tsquery` as it is. Django's own lookup would have its text parsed as a document's."""

    lookup_name = "asks"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        vector, params = self.process_lhs(compiler, connection)
        return f"{vector} @@ %s::tsquery", [*params, self.rhs]


class SearchEntry(models.Model):
    """The words of one ticket, in one row or, where they are very many, in several: each repeats the ticket's head.

    `vector` is made by tickets/search/vectors.py, never by PostgreSQL's parser. `newest` is the id of the newest
    message in it: results are ordered and paged by it. `words` is the last position that is taken.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="search_entries", db_index=False)
    part = models.PositiveSmallIntegerField(default=0)
    is_last = models.BooleanField(default=True, help_text=_("No later part of the same ticket exists."))
    newest = models.BigIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    vector = SearchVectorField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["ticket", "part"], name="search_entry_unique_part")]
        indexes = [
            # What is written waits in a short list, so that a mail does not pay for a hundred words; and as each
            # search reads that list too, it stays short.
            GinIndex(fields=["vector"], name="search_entry_words", gin_pending_list_limit=64),
            GinIndex(
                fields=["vector"],
                condition=models.Q(part__gt=0) | models.Q(is_last=False),
                name="search_entry_of_giants",
            ),
            models.Index(fields=["newest", "ticket"], name="search_entry_newest"),
        ]

    def __str__(self) -> str:
        return f"words of #{self.ticket_id}"


class StaleSearchEntry(models.Model):
    """A ticket whose words have to be read again, because a name on it changed. Database triggers write these rows."""

    ticket_id = models.BigIntegerField(primary_key=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "stale search entries"

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class SearchProgress(models.Model):
    """How far the two jobs are that work through the rows in pieces. One row."""

    fill_below = models.BigIntegerField(
        default=0, help_text=_("Tickets with a smaller number were there before the search and are not indexed yet.")
    )
    words_up_to = models.BigIntegerField(default=0, help_text=_("Entries up to this `newest` have told their words."))

    class Meta:
        verbose_name_plural = "search progress"

    def __str__(self) -> str:
        return f"below {self.fill_below}, words up to {self.words_up_to}"


class SearchWord(models.Model):
    """A word that some ticket contains: what a mistyped one is compared with."""

    word = models.CharField(max_length=60, primary_key=True)
    tickets = models.PositiveIntegerField(default=0, help_text=_("In how many, roughly."))

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class SavedSearch(models.Model):
    """What a person searched for. Without `saved_at` it is only remembered as recent, and forgotten in time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="searches")
    query = models.CharField(max_length=1000)
    title = models.CharField(_("name"), max_length=80, blank=True)
    used_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ["-used_at"]
        constraints = [models.UniqueConstraint(fields=["user", "query"], name="saved_search_unique_query")]
        indexes = [models.Index(fields=["user", "-used_at"], name="saved_search_recent")]

    def __str__(self) -> str:
        return self.title or self.query
