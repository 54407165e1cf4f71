"""`manage.py index_search`: bring searches up to date at once, instead of bit by bit in the background."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.models import Max

from knowledge_base.search import upkeep as articles
from tickets.models import SearchProgress, SearchWord, Ticket
from tickets.search import upkeep


class Command(BaseCommand):
    help = "Indexes tickets and articles that their searches don't know yet; may be stopped and started again any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="read every ticket and article again, the newest first")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        if all:
            articles.begin_again()
            newest = Ticket.objects.aggregate(newest=Max("pk"))["newest"] or 0
            SearchWord.objects.all().delete()
            SearchProgress.objects.update_or_create(pk=1, defaults={"fill_below": newest + 1, "words_up_to": 0})
        tickets = self._until_done(upkeep.fill, "tickets")
        tickets += self._until_done(upkeep.refresh_stale, "tickets with changed names")
        tickets += upkeep.index_missed()
        words = self._until_done(upkeep.learn_words, "entries read for the vocabulary")
        written = self._until_done(articles.index_missing, "articles")
        with connection.cursor() as cursor:  # so many rows at once, and the planner would go by what it knew before
            cursor.execute("ANALYZE tickets_searchentry, tickets_searchword, knowledge_base_articlewords")
        self.stdout.write(f"{tickets:,} tickets, {written:,} articles indexed; the words of {words:,} entries learnt.")

    def _until_done(self, piece: Any, what: str) -> int:
        done = 0
        while number := piece():
            done += number
            if done % 20_000 < number:
                self.stdout.write(f"  {done:,} {what}")
        return done
