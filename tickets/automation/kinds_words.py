"""Kinds of actions with words: notifications to the customer and to staff, and what rules write on the ticket.

Words have placeholders, checked when the rule is saved. What goes to a customer is filled in from what customers may
see; internal notes are for words that only staff read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets import services
from tickets.automation.kinds import BY_RULE, Action, Change, Choices, Gone, read_id
from tickets.automation.placeholders import check_placeholders, render
from tickets.conditions.fields.people import staff
from tickets.conditions.problems import Wrong
from tickets.models import Ticket
from tickets.people import leads_of
from tickets.services.writing import MAX_TEXT

REQUESTER, WITH_COPIES = "requester_id", "requester_and_ccs"
ASSIGNEE, CURRENT_USER, EVERYBODY, LEADS = "assignee_id", "current_user", "all_agents", "team_leads"
TEAM_OF_TICKET = "group_id"
MAX_SUBJECT = 300

RECIPIENTS: dict[str, str | Promise] = {
    REQUESTER: gettext_lazy("the requester"),
    WITH_COPIES: gettext_lazy("the requester and everybody in copy"),
    ASSIGNEE: gettext_lazy("the assignee"),
    CURRENT_USER: gettext_lazy("whoever made the update"),
    EVERYBODY: gettext_lazy("all agents"),
    LEADS: gettext_lazy("whoever leads the ticket’s team"),
}


def read_words(value: object, limit: int) -> str:
    words = str(value or "").replace("\0", "").encode(errors="replace").decode().strip()
    if not words:
        raise Wrong(_("Write something first."))
    if len(words) > limit:
        raise Wrong(_("This is longer than %(limit)s characters.") % {"limit": limit})
    check_placeholders(words)
    return words


def as_html(text: str) -> str:
    return linebreaks(urlize(text, autoescape=True))


@dataclass(frozen=True)
class Telling(Action):
    """A list of whom, subject and words, as in Zendesk."""

    widget = "parts"
    scopes: frozenset[str] = BY_RULE
    repeatable: bool = True

    def read(self, value: object) -> list[str]:
        if not isinstance(value, list) or len(value) != 3:
            raise Wrong(_("Say to whom, a subject and the words."))
        to, subject, words = value
        subject = " ".join(str(subject or "").split())
        return [self.read_recipient(str(to)), read_words(subject, MAX_SUBJECT), read_words(words, MAX_TEXT)]

    def read_recipient(self, to: str) -> str:
        raise NotImplementedError

    def recipients(self) -> Choices:
        raise NotImplementedError

    def parts(self, user: User) -> list[dict[str, Any]]:
        return [
            {"label": _("To"), "widget": "choice", "choices": self.recipients()},
            {"label": _("Subject"), "widget": "text"},
            {"label": _("Words"), "widget": "words"},
        ]

    def shown(self, value: Any) -> str:
        return dict(self.recipients()).get(value[0], str(value[0]))


@dataclass(frozen=True)
class NotifyUser(Telling):
    """The requester by mail; staff as each has chosen to be told: bell, mail, browser."""

    def read_recipient(self, to: str) -> str:
        if to in RECIPIENTS or staff().filter(pk=read_id(to)).exists():
            return to
        raise Wrong(_("There is no such person."))

    def recipients(self) -> Choices:
        people = staff()
        named = [(word, str(label)) for word, label in RECIPIENTS.items()]
        return [*named, *((str(person.pk), str(person)) for person in people)]

    def bind(self, value: Any, actor: Actor) -> Change:
        to, subject, words = value
        if to in (REQUESTER, WITH_COPIES):
            return lambda ticket: mail(ticket, subject, words, with_copies=to == WITH_COPIES, actor=actor)
        if to not in RECIPIENTS and not staff().filter(pk=to).exists():
            raise Gone(_("The person to be told is not active any more."))
        return lambda ticket: self._tell(ticket, to, subject, words, actor)

    def _tell(self, ticket: Ticket, to: str, subject: str, words: str, actor: Actor) -> None:
        current = actor.current
        if to == CURRENT_USER and current.customer and current.customer.pk == ticket.requester_id:
            mail(ticket, subject, words, with_copies=False, actor=actor)
            return
        if to == ASSIGNEE:
            people = [ticket.assignee_id] if ticket.assignee_id else []
        elif to == CURRENT_USER:
            people = [current.user.pk] if current.user else []
        elif to == EVERYBODY:
            people = list(staff().values_list("pk", flat=True))
        elif to == LEADS:
            people = sorted(leads_of(ticket))
        else:
            people = [int(to)]
        label = str(RECIPIENTS[to]) if to in RECIPIENTS else str(User.objects.get(pk=to))
        tell(ticket, people, label, subject, words, actor)


@dataclass(frozen=True)
class NotifyTeam(Telling):
    """Everybody in a team: one by its id, or the ticket's."""

    def read_recipient(self, to: str) -> str:
        if to == TEAM_OF_TICKET or Team.objects.filter(pk=read_id(to)).exists():
            return to
        raise Wrong(_("There is no such team."))

    def recipients(self) -> Choices:
        return [(TEAM_OF_TICKET, _("the ticket’s team")), *((str(team.pk), str(team)) for team in Team.objects.all())]

    def bind(self, value: Any, actor: Actor) -> Change:
        to, subject, words = value
        if to != TEAM_OF_TICKET and not Team.objects.filter(pk=to).exists():
            raise Gone(_("The team does not exist any more."))

        def tell_team(ticket: Ticket) -> None:
            team = ticket.team if to == TEAM_OF_TICKET else Team.objects.filter(pk=to).first()
            if team:
                people = team.members.filter(is_active=True).values_list("pk", flat=True)
                tell(ticket, list(people), str(team), subject, words, actor)

        return tell_team


def mail(ticket: Ticket, subject: str, words: str, *, with_copies: bool, actor: Actor) -> None:
    """To the customer, in their language, filled in from what they may see.

    Whoever nobody of us knows gets none of the words that came in their name, and nobody else in copy does.
    """
    is_stranger = services.is_for_stranger(ticket, actor)

    def filled(text: str) -> str:
        language = ticket.requester.language
        return render(text, ticket, actor=actor.current, language=language, for_stranger=is_stranger)

    send(ticket, as_html(filled(words)), filled(subject), with_copies=with_copies, actor=actor)


def send(ticket: Ticket, html: str, subject: str, *, with_copies: bool, actor: Actor) -> object:
    is_stranger = services.is_for_stranger(ticket, actor)
    if is_stranger and not subject.strip():
        with translation.override(ticket.requester.language or None):
            subject = _("Your message")
    line, with_copies = " ".join(subject.split())[:MAX_SUBJECT], with_copies and not is_stranger
    return services.mail_customer(ticket, html, subject=line, with_copies=with_copies, actor=actor)


def tell(ticket: Ticket, people: list[int], to: str, subject: str, words: str, actor: Actor) -> None:
    def filled(text: str) -> str:
        return render(text, ticket, actor=actor.current, language=settings.LANGUAGE_CODE, for_staff=True)

    line = " ".join(filled(subject).split())[:MAX_SUBJECT]
    services.tell_staff(ticket, people, to=to, subject=line, text=filled(words), actor=actor)


@dataclass(frozen=True)
class RuleWords(Action):
    """What a rule writes on the ticket; `write` gets the ticket, the words filled in as HTML, and the actor."""

    write: Callable[[Ticket, str, Actor], object] = lambda ticket, html, actor: None
    for_staff: bool = False
    widget = "words"
    scopes: frozenset[str] = BY_RULE

    def read(self, value: object) -> str:
        return read_words(value, MAX_TEXT)

    def bind(self, value: Any, actor: Actor) -> Change:
        def write(ticket: Ticket) -> None:
            language = settings.LANGUAGE_CODE if self.for_staff else ticket.requester.language
            text = render(
                value,
                ticket,
                actor=actor.current,
                language=language,
                for_staff=self.for_staff,
                for_stranger=not self.for_staff and services.is_for_stranger(ticket, actor),
            )
            self.write(ticket, as_html(text), actor)

        return write

    def shown(self, value: Any) -> str:
        words = " ".join(value.split())
        return f"“{words if len(words) <= 60 else words[:59] + '…'}”"


def write_publicly(ticket: Ticket, html: str, actor: Actor) -> object:
    return send(ticket, html, "", with_copies=True, actor=actor)


def write_note(ticket: Ticket, html: str, actor: Actor) -> object:
    return services.add_note(ticket, html, actor=actor, keeps_draft=True)
