"""Play the demo company's last ninety days, gesture by gesture, in the order in which they happened."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, count
from random import Random
from typing import Protocol

from django.db import transaction
from django.test.utils import override_settings

from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.articles import open_help_centre
from helpdesk.demo.channels import channel_tellings
from helpdesk.demo.chats import chat_tellings
from helpdesk.demo.clients import know_clients
from helpdesk.demo.company import ADMIN, Company, Person, found
from helpdesk.demo.contact_forms import open_forms
from helpdesk.demo.desks import lay_out
from helpdesk.demo.feedback import gather_feedback, write_from_two_addresses
from helpdesk.demo.habits import promise, set_habits
from helpdesk.demo.intake import receive_odd_mail
from helpdesk.demo.opinions import set_up_surveys
from helpdesk.demo.records import know_people
from helpdesk.demo.regular import give_a_regular_a_history
from helpdesk.demo.rising import rising_tellings
from helpdesk.demo.shop import tell_orders
from helpdesk.demo.stories import Story, all_stories
from helpdesk.demo.telling import Telling
from helpdesk.demo.views import save_views
from tickets.models import Attachment, Follower, Ticket
from tickets.search.upkeep import index_above, learn_words
from tickets.sla.sweep import sweep

DAYS = 90
SEED = 1969
# Told last, so that a visitor finds them in the queue: a flood, HTML mails, photos, a stranger, a long silence.
FRESH = (
    "carrier-notice", "valve-stays-open", "new-person-writes", "damaged-box", "chargeback-threat", "copy-the-landlord",
    "supplier-statement", "soil-types", "late-quote-reply", "api-wrong-zone", "bulk-order-school", "out-of-office",
)  # fmt: skip


def is_seeded() -> bool:
    return User.objects.filter(email=ADMIN).exists()


def seed(tickets: int, *, now: datetime) -> Company:
    """Found the company and tell `tickets` stories, all or nothing. What lies after `now` has not happened yet.

    No event consumer runs but for what lies on the desks today: nobody is watching yet, and what was sent months ago
    must not be sent again. The search reads all of it at the end.
    """
    rng = Random(SEED)  # the same demo each time
    with transaction.atomic(), override_settings(EVENT_CONSUMERS=[]):
        company = found(now=now)
        promise(company, now=now)
        set_up_surveys(company)
        mails = tellings(company, tickets, rng, now=now)
        others = chain(chat_tellings(company, now=now), channel_tellings(now=now), rising_tellings(company, now=now))
        play(chain(mails, others), until=now)
        receive_odd_mail(company, now=now)
        backdate()
        save_views(company)
        know_clients(company)
        know_people(company, now=now)
        set_habits(company)
        lay_out(company, now=now)
        tell_orders(company, now=now)
        gather_feedback(company, now=now)
        write_from_two_addresses(company)
        give_a_regular_a_history(company, now=now)
        numbers = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
        open_forms(company)
        open_help_centre(company, Random(SEED), now=now, tickets=numbers)
        index_above(0)
        learn_words()
    return company


class Told(Protocol):
    def run(self) -> Iterator[datetime]: ...


def play(tellings: Iterator[Told], *, until: datetime) -> None:
    """Resume each telling when its time has come, so that numbers and ids rise with time."""
    order = count()
    due = []
    for telling in tellings:
        run = telling.run()
        due.append((next(run), next(order), run))
    heapq.heapify(due)
    while due and due[0][0] <= until:
        moment, _order, run = heapq.heappop(due)
        _strike(moment)
        if (following := next(run, None)) is not None:
            heapq.heappush(due, (following, next(order), run))
    _strike(until)


def _strike(moment: datetime) -> None:
    """What a worker would have told of clocks by then."""
    while sweep(now=moment):
        pass


def tellings(company: Company, number: int, rng: Random, *, now: datetime) -> Iterator[Telling]:
    last_writers: list[Person] = []
    for opened, story in zip(opening_times(number, rng, now=now), line_up(number, rng), strict=True):
        person = rng.choice([person for person in company.people[story.who] if person not in last_writers])
        last_writers = [*last_writers[-2:], person]
        yield Telling(story, person, company, rng, opened)


def line_up(number: int, rng: Random) -> list[Story]:
    """Which story when: all of them before any is told again, the fresh ones among the last."""
    told: Counter[str] = Counter()
    line: list[Story] = []
    while len(line) < number:
        pile = [story for story in all_stories() if told[story.name] < story.times]
        told.update(story.name for story in pile)
        rng.shuffle(pile)
        line += pile
    del line[number:]
    by_name = {story.name: story for story in all_stories()}
    for place, name in enumerate(FRESH[: number // 4], start=1):
        line[-3 * place] = by_name[name]
    return line


def opening_times(number: int, rng: Random, *, now: datetime) -> list[datetime]:
    """Spread over all the days, and denser towards now: every fifth ticket is of the last three days."""
    times = []
    for _ in range(number):
        days = rng.choices((rng.uniform(0, DAYS), rng.uniform(0, 3), rng.uniform(0, 0.6)), (80, 12, 8))[0]
        moment = now - timedelta(days=days)
        if moment.hour < 6:
            moment += timedelta(hours=rng.randint(6, 14))
        times.append(min(moment, now - timedelta(minutes=rng.randint(2, 50))))
    return sorted(times)


def backdate() -> None:
    """Rows that carry the clock's time get their own: customers were first seen with their first ticket."""
    with_tickets = Customer.objects.filter(tickets__isnull=False).distinct()
    for customer in with_tickets.prefetch_related("tickets"):
        first = min(ticket.created_at for ticket in customer.tickets.all())
        Customer.objects.filter(pk=customer.pk).update(created_at=first - timedelta(seconds=5))
    attachments = list(Attachment.objects.exclude(message=None).select_related("message"))
    for attachment in attachments:
        assert attachment.message is not None
        attachment.created_at = attachment.message.created_at
    Attachment.objects.bulk_update(attachments, ["created_at"], batch_size=500)
    followers = list(Follower.objects.select_related("ticket"))
    for follower in followers:
        events = follower.ticket.events.filter(kind="follower.added", payload__user_id=follower.user_id)
        follower.created_at = events.latest("pk").created_at
    Follower.objects.bulk_update(followers, ["created_at"], batch_size=500)
