"""What keeps the search true in the background: old tickets, changed names, the vocabulary. All in bounded pieces."""

from __future__ import annotations

from django.db import connection, transaction

from tickets.models import SearchProgress, Ticket
from tickets.search.indexing import index_tickets

FILL = 500  # tickets a piece: a transaction of a quarter of a second, in which nobody else can change them
# Nothing is waited for: a gesture that has its ticket locked notes it here, so it would wait for us and we for it.
STALE = """
WITH found AS MATERIALIZED (
  SELECT s.ticket_id FROM tickets_stalesearchentry s JOIN tickets_ticket t ON t.id = s.ticket_id
  ORDER BY s.ticket_id LIMIT %s FOR NO KEY UPDATE OF t SKIP LOCKED FOR UPDATE OF s SKIP LOCKED
)
DELETE FROM tickets_stalesearchentry s USING found WHERE s.ticket_id = found.ticket_id RETURNING s.ticket_id
"""
# A word counts once for each row that has it. Numbers and very long words are nobody's typing mistake.
LEARN = """
WITH piece AS (
  SELECT newest, vector FROM tickets_searchentry WHERE newest > %s ORDER BY newest LIMIT %s
), learnt AS (
  INSERT INTO tickets_searchword AS known (word, tickets)
  SELECT w, count(*) FROM piece, unnest(tsvector_to_array(vector)) w
  WHERE length(w) BETWEEN 4 AND 24 AND w !~ '[\\^~0-9]'
  GROUP BY w ORDER BY w
  ON CONFLICT (word) DO UPDATE SET tickets = known.tickets + excluded.tickets
)
SELECT max(newest), count(*) FROM piece
"""
# Rows that a release before this one, or somebody by hand, has left behind.
MISSED = """
SELECT m.ticket_id FROM tickets_message m
WHERE m.id > (SELECT max(id) FROM tickets_message) - %s AND m.delivery_state <> 'cancelled'
GROUP BY m.ticket_id
HAVING max(m.id) > coalesce((SELECT max(e.newest) FROM tickets_searchentry e WHERE e.ticket_id = m.ticket_id), -1)
ORDER BY m.ticket_id
"""


def progress() -> SearchProgress:
    found, _created = SearchProgress.objects.get_or_create(pk=1)
    return found


@transaction.atomic
def fill(limit: int = FILL) -> int:
    """Index the next tickets that were there before the search was, newest first; how many."""
    state = SearchProgress.objects.select_for_update().get(pk=progress().pk)
    older = Ticket.objects.filter(pk__lt=state.fill_below).order_by("-pk").values_list("pk", flat=True)
    numbers = list(older[:limit])
    if numbers:
        index_tickets(numbers)
    state.fill_below = numbers[-1] if numbers else 0
    state.save(update_fields=["fill_below"])
    return len(numbers)


def index_above(number: int) -> None:
    """Index all tickets with larger numbers, in pieces: for whoever writes tickets past the services."""
    numbers = list(Ticket.objects.filter(pk__gt=number).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), FILL):
        index_tickets(numbers[start : start + FILL])


@transaction.atomic
def refresh_stale(limit: int = FILL) -> int:
    """Read again the tickets on which a name has changed; how many."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, [limit])
        numbers = sorted(row[0] for row in cursor.fetchall())
    if numbers:
        index_tickets(numbers)
    return len(numbers)


def index_missed(messages: int = 200_000) -> int:
    """Index what the newest messages say and the search does not know; how many tickets."""
    with connection.cursor() as cursor:
        cursor.execute(MISSED, [messages])
        numbers = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(numbers), FILL):
        index_tickets(numbers[start : start + FILL])
    return len(numbers)


@transaction.atomic
def learn_words(limit: int = 1_000) -> int:
    """Add the words of newly written entries to the vocabulary; of how many entries.

    Not before older tickets are indexed: they come newest first, and whoever has read the newest reads none before it.
    """
    state = SearchProgress.objects.select_for_update().get(pk=progress().pk)
    if state.fill_below:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(LEARN, [state.words_up_to, limit])
        newest, number = cursor.fetchone()
    if number:
        state.words_up_to = newest
        state.save(update_fields=["words_up_to"])
    return int(number)
