"""The assistant at work: it greets, answers what its flow knows, looks up the rest, and gets people when it can't.

It says that it is an assistant, offers people with every line, and hands over with all that was said. Each of its moves
is made under the chat's row, so two taps at once are two moves, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tickets.chat import life, log, presence, suggesting
from tickets.chat.flow_steps import Flow, Step, read
from tickets.chat.flow_words import asked_if_helped, buttons, name, people
from tickets.models import Chat, ChatFlow, ChatState, ChatWidget, EndedBy, FlowOutcome, FlowRun, Said

SEARCHED: Final = "?"  # where a chat is after words were looked up: in no step


def flow_for(widget: ChatWidget) -> ChatFlow | None:
    return ChatFlow.objects.filter(widget=widget, is_active=True).first()


def greeting(widget: ChatWidget, language: str) -> dict[str, Any] | None:
    """What a visitor sees before there is a chat: nothing is written down until they press or say something."""
    chosen = flow_for(widget)
    if chosen is None:
        return None
    flow = read(chosen.steps)
    with translation.override(language):
        return {
            "name": name(),
            "text": flow.steps[flow.first].text(language),
            "options": buttons(flow.steps[flow.first], language),
        }


@transaction.atomic
def answer(chat: Chat, words: str, *, now: datetime | None = None) -> None:
    """What the visitor has just said or pressed in a chat with the assistant: a move of the flow, articles, or people.

    `words` is an option's id, its label, or anything else. Does nothing once people have it.
    """
    chat = Chat.objects.select_for_update(of=("self",)).select_related("widget", "visitor__customer").get(pk=chat.pk)
    if chat.state != ChatState.BOT:
        return
    now = now or timezone.now()
    run = _run_of(chat, now)
    flow = read(run.flow.steps) if run.flow else Flow({}, "")
    at = chat.bot.get("at") or flow.first
    with translation.override(chat.language or "en"):
        move = flow.move(at, words)
        if move.is_solved:
            _solved(chat, run, now)
        elif move.to_people:
            _to_people(chat, run, _("I am getting somebody from our team."), now)
        elif move.step:
            _show(chat, run, flow, move.step, now)
        else:
            _look_up(chat, run, flow, words, now)


def _run_of(chat: Chat, now: datetime) -> FlowRun:
    run, _made = FlowRun.objects.select_related("flow").get_or_create(
        chat=chat, defaults={"flow": flow_for(chat.widget), "started_at": now}
    )
    return run


def _show(chat: Chat, run: FlowRun, flow: Flow, step: Step, now: datetime) -> None:
    language = chat.language or "en"
    cards = suggesting.cards(chat.widget, step.articles, visitor=chat.visitor, language=language)
    _speak(chat, step.text(language), buttons(step, language), cards, now)
    _stand(chat, step.id)
    run.path = [*run.path, step.id]
    _note_shown(run, cards)


def _look_up(chat: Chat, run: FlowRun, flow: Flow, words: str, now: datetime) -> None:
    """Words that no button says: articles for them, or people where there are none."""
    cards = suggesting.suggest(
        chat.widget, words, visitor_id=chat.visitor_id, visitor=chat.visitor, language=chat.language or "en", now=now
    )
    if not cards:
        _to_people(chat, run, _("I have no answer to that. I am getting somebody from our team."), now)
        return
    _speak(chat, _("This may answer it:"), [*asked_if_helped(), people()], cards, now)
    _stand(chat, SEARCHED)
    _note_shown(run, cards)


def _solved(chat: Chat, run: FlowRun, now: datetime) -> None:
    _speak(chat, _("I am glad that helped."), [], [], now)
    suggesting.solved(chat.visitor_id, run.opened[-1] if run.opened else None, now=now)
    _decide(run, FlowOutcome.SOLVED, now)
    life.solved_by_assistant(chat, now=now)


def _to_people(chat: Chat, run: FlowRun, words: str, now: datetime) -> None:
    """Where nobody is there the visitor is told at once, and the ticket waits for those who come."""
    is_online = presence.is_online(chat.widget, now).is_online
    if not is_online:
        words = _("Nobody of us is here right now. Have the conversation sent to your e-mail: our answer comes there.")
    _speak(chat, words, [], [], now)
    _decide(run, FlowOutcome.HANDED_OVER, now)
    life.hand_over(chat, now=now)
    if not is_online:
        life.end(chat, EndedBy.NOBODY, now=now)


def _speak(chat: Chat, text: str, options: Sequence[dict[str, str]], cards: Sequence[Any], now: datetime) -> None:
    said = {"options": list(options), "articles": list(cards)}
    log.say(chat, Said.BOT, text, name=name(), payload={key: value for key, value in said.items() if value}, now=now)


def label_of(chat: Chat, option: str) -> str:
    """What an option says, as the visitor's own line; empty for one that was not offered last."""
    for line in reversed(log.newest(chat.pk, limit=20)):
        if offered := line.payload.get("options"):
            return next((each["label"] for each in offered if each["id"] == option), "")
    offered = (greeting(chat.widget, chat.language or "en") or {}).get("options", [])
    return next((each["label"] for each in offered if each["id"] == option), "")


def _stand(chat: Chat, at: str) -> None:
    Chat.objects.filter(pk=chat.pk).update(bot={"at": at})


def _note_shown(run: FlowRun, cards: Sequence[Any]) -> None:
    run.shown = [*run.shown, *(card["id"] for card in cards if card["id"] not in run.shown)]
    run.save(update_fields=["path", "shown"])


def _decide(run: FlowRun, outcome: str, now: datetime) -> None:
    run.outcome, run.decided_at = outcome, now
    run.save(update_fields=["outcome", "decided_at"])


@transaction.atomic
def opened(chat: Chat, article_id: int, *, now: datetime | None = None) -> None:
    """The visitor opened an article that the assistant had shown."""
    suggesting.opened(chat.visitor_id, article_id, now=now)
    run = FlowRun.objects.select_for_update().filter(chat=chat, shown__contains=[article_id]).first()
    if run and article_id not in run.opened:
        run.opened = [*run.opened, article_id]
        run.save(update_fields=["opened"])
