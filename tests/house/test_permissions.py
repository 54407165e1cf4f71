"""Who gets in where: every address of the product × every role. An address without a row fails the last test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from channels_app.models import ChannelAccount, Delivery, HookPayload, InboundPayload, Mailbox, ProviderAccount
from customers.actors import Actor
from customers.identify import identify
from customers.merging import merge
from customers.models import Customer, CustomField, DuplicateSuggestion, ImportJob, Organisation, PrivacyJob, Segment
from helpdesk.accounts.models import Calendar, Holiday, Role, Team, User
from helpdesk.accounts.tokens import create_token
from helpdesk.integrations.models import AccountAction, SlackEvent, SlackWorkspace, WebhookEndpoint
from helpdesk.integrations.webhooks.queueing import delivery
from helpdesk.lib.sealing import seal
from knowledge_base.blocks import create_block
from knowledge_base.commenting import comment
from knowledge_base.models import ArticleImport, HelpCentre, Search, Synonyms, Vote
from knowledge_base.models import Comment as ReaderComment
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from metrics.models import Dashboard, Goal, ReportSchedule, SavedReport
from tests.cast import open_for, staff
from tests.kept import forget_everything
from tests.stack import free_port
from tickets.attachments import upload
from tickets.automation.macro_upkeep import create_macro
from tickets.automation.rules import category_named, create_rule
from tickets.calls.callbacks import owe_call
from tickets.calls.course import Moment
from tickets.calls.life import NewCall, begin_call, tell
from tickets.models import (
    ArticleFlag,
    Attachment,
    BulkJob,
    CallScript,
    Chat,
    ChatBlock,
    ChatFlow,
    ChatInvitation,
    ChatKey,
    ChatState,
    ChatVisitor,
    ChatWidget,
    ContactForm,
    Excerpt,
    GapDecision,
    GapKind,
    Inbox,
    Message,
    Notification,
    ReplyProposal,
    SavedSearch,
    SavedView,
    Skill,
    SlaPolicy,
    SlaTarget,
    SlaWhatIf,
    Ticket,
    Topic,
)
from tickets.services import add_reply, assign_team
from tickets.surveys.upkeep import create_survey

MAIL = b"""From: ada@example.org
To: support@onethread.test
Subject: The engine
Content-Type: text/html

<p>It rattles.</p>
"""
LOGIN = 302  # led to the sign-in page
OK = 200
ROLES = ("anonymous", "light", "agent", "lead", "admin")


class Row(NamedTuple):
    """What each role gets, in the order of ROLES, and what an agent gets where the ticket is a private team's."""

    route: str
    method: str
    answers: tuple[int, int, int, int, int]
    private: int | None = None
    data: dict[str, str] | None = None


STAFF = (LOGIN, OK, OK, OK, OK)
LEADS = (LOGIN, 403, 403, OK, OK)
ADMINS = (LOGIN, 403, 403, 403, OK)
CHANGES = (LOGIN, 403, 302, 302, 302)
TICKET = "agent/tickets/<int:number>/"


def rules_of(plural: str) -> list[Row]:
    """The pages of triggers and of automations are the same; one rule is of one kind, so it is not there for both."""
    base, one = f"settings/{plural}/", f"settings/{plural}/<int:rule_id>/"
    is_there = plural == "triggers"
    managed = (LOGIN, 403, 403, 403, 302 if is_there else 404)
    return [
        Row(base, "GET", ADMINS),
        Row(f"{base}new/", "GET", ADMINS),
        Row(f"{base}look/", "POST", ADMINS),
        Row(f"{base}replays/", "POST", (LOGIN, 403, 403, 403, 422)),
        Row(f"{base}export/", "GET", ADMINS),
        Row(f"{base}import/", "GET", ADMINS),
        Row(f"{base}import/", "POST", (LOGIN, 403, 403, 403, 422)),
        Row(one, "GET", ADMINS if is_there else (LOGIN, 403, 403, 403, 404)),
        Row(f"{one}copies/", "POST", managed),
        Row(f"{one}activity/", "POST", managed, data={"active": "0"}),
        Row(f"{one}position/", "POST", managed, data={"place": "0"}),
        Row(f"{one}restoration/", "POST", managed, data={"number": "1"}),
        Row(f"{one}deletion/", "POST", managed),
    ]


KNOWLEDGE = "knowledge/articles/<int:article_id>/"
KNOWLEDGE_WORDS = f"{KNOWLEDGE}<str:language>/"
WRITERS = (LOGIN, 403, OK, OK, OK)
LEADS_DO = (LOGIN, 403, 403, 302, 302)

# Those who write, translate, approve and arrange articles.
WRITING = [
    Row("knowledge/", "GET", STAFF),
    Row("knowledge/new/", "GET", WRITERS),
    Row("knowledge/new/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("knowledge/translations/", "GET", STAFF),
    Row("knowledge/audiences/", "GET", LEADS),
    Row(KNOWLEDGE, "GET", (LOGIN, 302, 302, 302, 302)),
    Row(f"{KNOWLEDGE}archive/", "GET", WRITERS),
    Row(f"{KNOWLEDGE}archive/", "POST", (LOGIN, 403, 422, 422, 422), data={"successor": "999999"}),
    Row(f"{KNOWLEDGE}restoration/", "POST", CHANGES),
    Row(f"{KNOWLEDGE}position/", "POST", LEADS_DO, data={"place": "0"}),
    Row(f"{KNOWLEDGE_WORDS}state/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}submission/", "POST", CHANGES, data={"withdraw": "1"}),
    Row(f"{KNOWLEDGE_WORDS}decision/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}publication/", "POST", CHANGES),
    Row(f"{KNOWLEDGE_WORDS}facts/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}review/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}history/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}versions/<int:revision>/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}versions/<int:revision>/restoration/", "POST", CHANGES),
    Row(f"{KNOWLEDGE_WORDS}translations/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}translations/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}source/", "GET", STAFF),
    Row(KNOWLEDGE_WORDS, "GET", STAFF),
    Row(KNOWLEDGE_WORDS, "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}draft/", "GET", WRITERS),
    Row(f"{KNOWLEDGE_WORDS}draft/", "PUT", (LOGIN, 403, 400, 400, 400)),
    Row(f"{KNOWLEDGE_WORDS}preview/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}preview/", "POST", WRITERS),
    Row(f"{KNOWLEDGE_WORDS}markdown/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}comments/", "GET", STAFF),
    Row(f"{KNOWLEDGE_WORDS}comments/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row(f"{KNOWLEDGE_WORDS}comments/<int:comment_id>/resolution/", "POST", CHANGES),
    Row("knowledge/markdown/", "POST", (LOGIN, 403, 400, 400, 400)),
    Row("knowledge/linkable/", "GET", WRITERS),
    Row("knowledge/pictures/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("knowledge/synonyms/", "GET", LEADS),
    Row("knowledge/synonyms/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("knowledge/synonyms/<int:synonyms_id>/", "GET", LEADS),
    Row("knowledge/synonyms/<int:synonyms_id>/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("knowledge/synonyms/<int:synonyms_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("robots.txt", "GET", (OK, OK, OK, OK, OK)),
    Row("sitemap.xml", "GET", (OK, OK, OK, OK, OK)),
    Row("sitemap-<int:number>.xml", "GET", (404, 404, 404, 404, 404)),  # all are in the first
    Row("hc/icon-<int:hue>.svg", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/logo/<int:centre_id>/<str:name>", "GET", (404, 404, 404, 404, 404)),  # it has none
    Row("hc/", "GET", (302, 302, 302, 302, 302)),
    Row("hc/<str:language>/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/categories/<str:category_place>/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/sections/<str:section_place>/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/articles/<str:article_place>/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/feed.xml", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/search/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/search/instant/", "GET", (OK, OK, OK, OK, OK)),
    Row("hc/<str:language>/search/noted/", "POST", (204, 204, 204, 204, 204)),
    Row("hc/pictures/<str:name>", "GET", (404, 404, 404, 404, 404)),  # there is none; tests/knowledge_base has one
    Row("knowledge/blocks/", "GET", STAFF),
    Row("knowledge/blocks/offers/", "GET", WRITERS),
    Row("knowledge/blocks/new/", "GET", LEADS),
    Row("knowledge/blocks/new/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("knowledge/blocks/<int:block_id>/", "GET", WRITERS),
    Row("knowledge/blocks/<int:block_id>/", "POST", (LOGIN, 403, 403, 409, 409)),
    Row("knowledge/blocks/<int:block_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),  # it is gone then
    Row("knowledge/sections/", "GET", LEADS),
    Row("knowledge/categories/new/", "GET", LEADS),
    Row("knowledge/categories/<int:help_category_id>/", "GET", LEADS),
    Row("knowledge/categories/<int:help_category_id>/position/", "POST", LEADS_DO, data={"place": "0"}),
    Row("knowledge/categories/<int:help_category_id>/deletion/", "POST", LEADS_DO),  # it is not empty
    Row("knowledge/sections/new/", "GET", LEADS),
    Row("knowledge/sections/<int:section_id>/", "GET", LEADS),
    Row("knowledge/sections/<int:section_id>/position/", "POST", LEADS_DO, data={"place": "0"}),
    Row("knowledge/sections/<int:section_id>/deletion/", "POST", LEADS_DO),  # it is not empty
    Row("knowledge/import/", "GET", LEADS),
    Row("knowledge/import/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("knowledge/import/<int:article_import_id>/", "GET", LEADS),
    Row("knowledge/import/<int:article_import_id>/run/", "POST", LEADS_DO),
    Row("knowledge/import/<int:article_import_id>/stop/", "POST", LEADS_DO),
    Row("knowledge/export/<int:centre_id>/", "GET", LEADS),
    Row("knowledge/links/", "GET", STAFF),
    Row("knowledge/links/check/", "POST", CHANGES),
    Row("knowledge/numbers/", "GET", STAFF),
    Row("knowledge/numbers/articles.csv", "GET", STAFF),
    Row(f"{KNOWLEDGE}tickets/", "GET", STAFF),
    Row("knowledge/gaps/", "GET", STAFF),
    Row("knowledge/gaps/<slug:gap_kind>/", "GET", (LOGIN, 404, 404, 404, 404)),  # of no line
    Row("knowledge/gaps/<slug:gap_kind>/article/", "POST", (LOGIN, 403, 422, 422, 422), data={"key": "en:oil"}),
    Row("knowledge/gaps/<slug:gap_kind>/dismissal/", "POST", CHANGES, data={"key": "en:oil"}),
    Row("knowledge/gaps/decisions/<int:decision_id>/withdrawal/", "POST", (LOGIN, 403, 302, 404, 404)),
    Row("knowledge/gaps/flags/<int:flag_id>/settlement/", "POST", CHANGES),
    Row(f"{TICKET}articles/", "GET", STAFF, private=404),
    Row(f"{TICKET}articles/new/", "GET", WRITERS, private=404),
    Row(f"{TICKET}articles/new/", "POST", (LOGIN, 403, 422, 422, 422), private=404),
    Row(f"{TICKET}articles/searches/", "POST", (LOGIN, 204, 204, 204, 204), private=404),
    Row(f"{TICKET}articles/<int:article_id>/", "GET", STAFF, private=404),
    Row(f"{TICKET}articles/<int:article_id>/", "POST", STAFF, private=404, data={"as": "link"}),
    Row(f"{TICKET}articles/<int:article_id>/flags/", "POST", (LOGIN, 302, 302, 302, 302), private=404),
    Row("knowledge/feedback/", "GET", WRITERS),
    Row("knowledge/feedback/<int:vote_id>/seen/", "POST", CHANGES),
    Row("knowledge/comments/", "GET", WRITERS),
    Row(
        "knowledge/comments/<int:reader_comment_id>/decision/",
        "POST",
        (LOGIN, 403, 403, 302, 302),
        data={"state": "shown"},
    ),
    Row("settings/help-centre/", "GET", ADMINS),
    Row("settings/help-centre/new/", "GET", ADMINS),
    Row("settings/help-centre/<int:centre_id>/", "GET", ADMINS),
]

FORM = "settings/contact-forms/<int:form_id>/"
QUESTION = f"{FORM}questions/<slug:question_key>/"
ADMINS_DO = (LOGIN, 403, 403, 403, 302)
FORMS = [
    Row("settings/contact-forms/", "GET", ADMINS),
    Row("settings/contact-forms/new/", "GET", ADMINS),
    Row("settings/contact-forms/new/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row(FORM, "GET", ADMINS),
    Row(f"{FORM}position/", "POST", ADMINS_DO, data={"place": "0"}),
    Row(f"{FORM}activity/", "POST", ADMINS_DO, data={"active": "1"}),
    Row(f"{FORM}deletion/", "POST", ADMINS_DO),
    Row(f"{FORM}questions/new/", "GET", ADMINS),
    Row(f"{FORM}questions/new/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row(QUESTION, "GET", ADMINS),
    Row(f"{QUESTION}position/", "POST", ADMINS_DO, data={"place": "0"}),
    Row(f"{QUESTION}deletion/", "POST", ADMINS_DO),
]

WIDGET = "settings/chat/<int:widget_id>/"
CHAT_QUESTION = f"{WIDGET}questions/<slug:question_key>/"
# Setting up live chat, and keeping people out of it.
CHAT_SETTINGS = [
    Row("settings/chat/", "GET", ADMINS),
    Row("settings/chat/new/", "GET", ADMINS),
    Row("settings/chat/new/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row(WIDGET, "GET", ADMINS),
    Row(WIDGET, "POST", (LOGIN, 403, 403, 403, 422)),
    Row(f"{WIDGET}activity/", "POST", ADMINS_DO, data={"active": "1"}),
    Row(f"{WIDGET}deletion/", "POST", ADMINS_DO),
    Row(f"{WIDGET}install/", "GET", ADMINS),
    Row(f"{WIDGET}install/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row(f"{WIDGET}questions/new/", "GET", ADMINS),
    Row(f"{WIDGET}questions/new/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row(CHAT_QUESTION, "GET", ADMINS),
    Row(f"{CHAT_QUESTION}position/", "POST", ADMINS_DO, data={"place": "0"}),
    Row(f"{CHAT_QUESTION}deletion/", "POST", ADMINS_DO),
    Row("settings/chat/keys/<int:chat_key_id>/retirement/", "POST", ADMINS_DO),
    Row("settings/chat/blocked/", "GET", LEADS),
    Row("settings/chat/blocked/<int:chat_block_id>/removal/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row(f"{TICKET}claim/", "GET", STAFF, private=404),
    Row(f"{TICKET}claim/", "POST", (LOGIN, 403, 404, 404, 404), private=404),  # nobody claimed anything
    Row("agent/chats/<int:chat_id>/block/", "POST", CHANGES, private=404, data={"by": "visitor"}),
]

CHAT = "agent/chats/<int:chat_id>/"
TALKERS = (LOGIN, 403, OK, OK, OK)
# The console of those who talk with visitors; light agents read along.
CONSOLE = [
    Row("agent/chats/", "GET", STAFF),
    Row("agent/chats/rail/", "GET", STAFF),
    Row("agent/chats/floor/", "GET", LEADS),
    Row("agent/chats/floor/rail/", "GET", LEADS),
    Row("agent/chats/badge/", "GET", STAFF),
    Row("agent/chats/offers/", "GET", STAFF),
    Row(f"{TICKET}chat/", "GET", STAFF, private=404),
    Row(CHAT, "GET", STAFF, private=404),
    Row(f"{CHAT}head/", "GET", STAFF, private=404),
    Row(f"{CHAT}about/", "GET", STAFF, private=404),
    Row(f"{CHAT}lines/", "GET", STAFF, private=404),
    Row(f"{CHAT}lines/", "POST", CHANGES, private=404),
    Row(f"{CHAT}notes/", "GET", STAFF, private=404),
    Row(f"{CHAT}notes/", "POST", (LOGIN, 302, 302, 302, 302), private=404),
    Row(f"{CHAT}acceptance/", "POST", CHANGES, private=404),
    Row(f"{CHAT}refusal/", "POST", CHANGES, private=404),
    Row(f"{CHAT}takeover/", "POST", (LOGIN, 403, 403, 302, 302), private=404),
    Row(f"{CHAT}hold/", "POST", CHANGES, private=404),
    Row(f"{CHAT}whatsapp/", "POST", CHANGES, private=404),
    Row(f"{CHAT}transfer/", "GET", TALKERS, private=404),
    Row(f"{CHAT}transfer/", "POST", (LOGIN, 403, 422, 422, 422), private=404),
    Row(f"{CHAT}blocking/", "GET", TALKERS, private=404),
    Row(f"{CHAT}ending/", "GET", TALKERS, private=404),
    Row(f"{CHAT}ending/", "POST", (LOGIN, 403, 422, 422, 422), private=404, data={"status": "burnt"}),
]

CALL = "agent/calls/<int:call_id>/"
OWED = "agent/calls/callbacks/<int:callback_id>/"
# The phone: its log, calls in hand, calls that are owed, and what agents say.
PHONE = [
    Row("agent/calls/", "GET", STAFF),
    Row("agent/calls/badge/", "GET", STAFF),
    Row("agent/calls/dock/", "GET", STAFF),
    Row("agent/calls/new/", "GET", TALKERS),
    Row("agent/calls/new/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("agent/calls/people/", "GET", TALKERS),
    Row("agent/calls/about/", "GET", TALKERS),
    Row("agent/calls/out/", "POST", CHANGES),
    Row("agent/calls/phone/", "GET", TALKERS),
    Row("agent/calls/phone/", "POST", CHANGES),
    Row("agent/calls/callbacks/", "GET", STAFF),
    Row(f"{OWED}claim/", "POST", CHANGES, private=404),
    Row(f"{OWED}postponement/", "POST", CHANGES, private=404),
    Row(f"{OWED}settlement/", "POST", CHANGES, private=404),
    Row(CALL, "GET", STAFF, private=404),
    Row(f"{CALL}state/", "GET", STAFF, private=404),
    Row(f"{CALL}taking/", "POST", CHANGES, private=404),
    Row(f"{CALL}refusal/", "POST", CHANGES, private=404),
    Row(f"{CALL}control/", "POST", (LOGIN, 403, 403, 302, 302), private=404),
    Row(f"{CALL}write-up/", "GET", (LOGIN, 403, 302, 302, 302), private=404),
    Row(f"{CALL}write-up/", "POST", (LOGIN, 403, 422, 422, 422), private=404),
    Row("settings/calls/", "GET", ADMINS),
    Row("settings/calls/new/", "GET", ADMINS),
    Row("settings/calls/new/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/calls/<int:script_id>/", "GET", ADMINS),
    Row("settings/calls/<int:script_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
]

FLOW = "settings/chat/assistant/<int:flow_id>/"
STEP = f"{FLOW}steps/<str:step_id>/"
INVITATION = "settings/chat/invitations/<int:invitation_id>/"
# The assistant of chats, invitations to them, and who is on the site.
ASSISTANT = [
    Row("settings/chat/assistant/", "GET", ADMINS),
    Row("settings/chat/assistant/new/", "GET", ADMINS),
    Row(FLOW, "GET", ADMINS),
    Row(FLOW, "POST", (LOGIN, 403, 403, 403, 422)),
    Row(f"{FLOW}activity/", "POST", ADMINS_DO, data={"active": "0"}),
    Row(f"{FLOW}deletion/", "POST", ADMINS_DO),
    Row(f"{FLOW}steps/new/", "GET", ADMINS),
    Row(STEP, "GET", ADMINS),
    Row(STEP, "POST", (LOGIN, 403, 403, 403, 422)),
    Row(f"{STEP}deletion/", "POST", ADMINS_DO),
    Row("settings/chat/invitations/", "GET", ADMINS),
    Row("settings/chat/invitations/new/", "GET", ADMINS),
    Row(INVITATION, "GET", ADMINS),
    Row(INVITATION, "POST", (LOGIN, 403, 403, 403, 422)),
    Row(f"{INVITATION}position/", "POST", ADMINS_DO, data={"step": "1"}),
    Row(f"{INVITATION}deletion/", "POST", ADMINS_DO),
    Row("agent/visitors/", "GET", STAFF),
    Row("agent/visitors/<uuid:visitor_id>/invitation/", "POST", (LOGIN, 403, 404, 404, 404)),  # nobody is there
]

TABLE = [
    Row("agent/", "GET", STAFF),
    Row("agent/list/", "GET", STAFF),
    Row("agent/list/filter/", "GET", STAFF),
    Row("agent/nav/", "GET", STAFF),
    Row("agent/views/", "GET", STAFF),
    Row("agent/views/new/", "GET", STAFF),
    Row("agent/views/export/", "GET", STAFF),
    Row("agent/views/import/", "GET", STAFF),
    Row("agent/views/import/", "POST", (LOGIN, 422, 422, 422, 422)),
    Row("agent/views/preview/", "POST", (LOGIN, OK, OK, OK, OK)),
    Row("agent/views/<int:view_id>/", "GET", LEADS),
    Row("agent/views/<int:view_id>/copies/", "POST", (LOGIN, 302, 302, 302, 302)),
    Row("agent/views/<int:view_id>/activity/", "POST", (LOGIN, 403, 403, 302, 302), data={"active": "1"}),
    Row("agent/views/<int:view_id>/position/", "POST", (LOGIN, 403, 403, 302, 302), data={"place": "0"}),
    Row("agent/views/<int:view_id>/restoration/", "POST", (LOGIN, 403, 403, 302, 302), data={"number": "1"}),
    Row("agent/views/<int:view_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("agent/views/<slug:slug>/visibility/", "POST", (LOGIN, 302, 302, 302, 302), data={"shown": "0"}),
    Row("agent/conditions/lookup/<slug:kind>/", "GET", STAFF),
    Row("agent/bulk/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("agent/bulk/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("agent/bulk/bar/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("agent/bulk/count/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("agent/bulk/<int:job_id>/", "GET", (LOGIN, 404, 404, 404, 404)),  # it is its author's
    Row("agent/bulk/<int:job_id>/cancellation/", "POST", (LOGIN, 404, 404, 404, 404)),
    Row("agent/new/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("agent/search/", "GET", STAFF),
    Row("agent/search/suggest/", "GET", STAFF),
    Row("agent/search/saved/", "POST", (LOGIN, 302, 302, 302, 302), data={"q": "engine", "title": "Engines"}),
    Row("agent/search/saved/<int:search_id>/", "POST", (LOGIN, 404, 404, 404, 404), data={"title": "Not theirs"}),
    Row("agent/search/recent/", "POST", (LOGIN, 302, 302, 302, 302)),
    Row("agent/profile/", "GET", STAFF),
    Row("agent/profile/keys/", "GET", STAFF),
    Row("agent/preferences/", "POST", (LOGIN, 400, 400, 400, 400)),
    Row(f"{TICKET}reversal/", "POST", (LOGIN, 403, 404, 404, 404), private=404, data={"event": "0"}),
    Row("agent/of-customer/<int:customer_id>/", "GET", STAFF),
    Row("agent/of-customer/<int:customer_id>/health/", "GET", STAFF),
    Row("agent/of-customer/<int:customer_id>/timeline/", "GET", STAFF),
    Row("agent/of-organisation/<int:organisation_id>/timeline/", "GET", STAFF),
    Row("agent/messages/<int:message_id>/whole/", "GET", STAFF, private=404),
    Row(TICKET, "GET", STAFF, private=404),
    Row("agent/sla/hours/", "GET", STAFF),
    Row(f"{TICKET}sla/", "GET", STAFF, private=404),
    Row(f"{TICKET}sla/<int:target_id>/", "GET", STAFF, private=404),
    Row("settings/surveys/", "GET", ADMINS),
    Row("settings/surveys/new/", "GET", ADMINS),
    Row("settings/surveys/preview/", "POST", (LOGIN, 403, 403, 403, 200)),
    Row("settings/surveys/<int:survey_id>/", "GET", ADMINS),
    Row("settings/surveys/<int:survey_id>/activity/", "POST", (LOGIN, 403, 403, 403, 302), data={"active": "0"}),
    Row("settings/surveys/<int:survey_id>/position/", "POST", (LOGIN, 403, 403, 403, 302), data={"place": "0"}),
    Row("settings/surveys/<int:survey_id>/test/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/surveys/<int:survey_id>/restoration/", "POST", (LOGIN, 403, 403, 403, 302), data={"number": "1"}),
    Row("settings/surveys/<int:survey_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/sla/", "GET", ADMINS),
    Row("settings/sla/new/", "GET", ADMINS),
    Row("settings/sla/export/", "GET", ADMINS),
    Row("settings/sla/import/", "GET", ADMINS),
    Row("settings/sla/import/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/sla/<int:policy_id>/", "GET", ADMINS),
    Row("settings/sla/<int:policy_id>/copies/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/sla/<int:policy_id>/activity/", "POST", (LOGIN, 403, 403, 403, 302), data={"active": "0"}),
    Row("settings/sla/<int:policy_id>/position/", "POST", (LOGIN, 403, 403, 403, 302), data={"place": "0"}),
    Row("settings/sla/<int:policy_id>/restoration/", "POST", (LOGIN, 403, 403, 403, 302), data={"number": "1"}),
    Row("settings/sla/<int:policy_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/sla/what-if/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/sla/what-if/<int:what_if_id>/", "GET", ADMINS),
    Row("settings/sla/what-if/<int:what_if_id>/cancellation/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row(f"{TICKET}thread/", "GET", STAFF, private=404),
    Row(f"{TICKET}earlier/", "GET", STAFF, private=404),
    Row(f"{TICKET}properties/", "GET", STAFF, private=404),
    Row(f"{TICKET}messages/", "POST", CHANGES, private=404, data={"mode": "reply", "body": "Hello"}),
    Row(f"{TICKET}messages/", "POST", (LOGIN, 302, 302, 302, 302), private=404, data={"mode": "note", "body": "Hm"}),
    Row(f"{TICKET}draft/", "POST", (LOGIN, 400, 400, 400, 400), private=404),
    Row(f"{TICKET}draft/revisions/", "GET", STAFF, private=404),
    Row(f"{TICKET}draft/sharing/", "POST", (LOGIN, 404, 404, 404, 404), private=404),
    Row(f"{TICKET}drafts/", "GET", STAFF, private=404),
    Row(f"{TICKET}recipients/", "GET", (LOGIN, 403, OK, OK, OK), private=404),
    Row("agent/drafts/", "GET", STAFF),
    Row("agent/drafts/<int:draft_id>/discard/", "POST", (LOGIN, 404, 404, 404, 404)),
    Row("agent/drafts/<int:draft_id>/copy/", "POST", (LOGIN, 404, 404, 404, 404)),
    Row("agent/send-times/", "GET", STAFF),
    Row("agent/messages/<int:message_id>/schedule/", "POST", CHANGES, private=404, data={"now": "1"}),
    Row(f"{TICKET}status/", "POST", CHANGES, private=404, data={"status": "open"}),
    Row(f"{TICKET}priority/", "POST", CHANGES, private=404, data={"priority": "high"}),
    Row(f"{TICKET}type/", "POST", CHANGES, private=404, data={"type": "task"}),
    Row(f"{TICKET}subject/", "POST", CHANGES, private=404, data={"subject": "New words"}),
    Row(f"{TICKET}tags/", "POST", CHANGES, private=404, data={"tags": "a,b"}),
    Row(f"{TICKET}assignee/", "POST", CHANGES, private=404, data={"assignee": "me"}),
    Row(f"{TICKET}team/", "POST", CHANGES, private=404, data={"team": ""}),
    Row(f"{TICKET}ccs/", "POST", CHANGES, private=404, data={"address": "copy@example.org"}),
    Row(f"{TICKET}followers/", "POST", (LOGIN, 302, 302, 302, 302), private=404),
    Row(f"{TICKET}mentionable/", "GET", STAFF, private=404),
    Row(f"{TICKET}macros/", "GET", STAFF, private=404),
    Row(f"{TICKET}macros/<int:macro_id>/preview/", "POST", (LOGIN, OK, OK, OK, OK), private=404),
    Row(f"{TICKET}macros/<int:macro_id>/application/", "POST", (LOGIN, OK, OK, OK, OK), private=404),
    Row(f"{TICKET}changes/", "POST", (LOGIN, 302, 302, 302, 302), private=404),
    Row("agent/macros/", "GET", STAFF),
    Row("settings/macros/", "GET", STAFF),
    Row("agent/macros/new/", "GET", STAFF),
    Row("agent/macros/export/", "GET", STAFF),
    Row("agent/macros/import/", "GET", STAFF),
    Row("agent/macros/import/", "POST", (LOGIN, 422, 422, 422, 422)),
    Row("agent/macros/look/", "POST", (LOGIN, OK, OK, OK, OK)),
    Row("agent/macros/<int:macro_id>/", "GET", LEADS),
    Row("agent/macros/<int:macro_id>/copies/", "POST", (LOGIN, 302, 302, 302, 302)),
    Row("agent/macros/<int:macro_id>/activity/", "POST", (LOGIN, 403, 403, 302, 302), data={"active": "1"}),
    Row("agent/macros/<int:macro_id>/position/", "POST", (LOGIN, 403, 403, 302, 302), data={"place": "0"}),
    Row("agent/macros/<int:macro_id>/restoration/", "POST", (LOGIN, 403, 403, 302, 302), data={"number": "1"}),
    Row("agent/macros/<int:macro_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("agent/notifications/", "GET", STAFF),
    Row("agent/notifications/bell/", "GET", STAFF),
    Row("agent/notifications/reading/", "POST", (LOGIN, 302, 302, 302, 302), data={"until": "1"}),
    Row("agent/notifications/<int:notification_id>/", "GET", (LOGIN, 404, 404, 404, 404)),  # it is its author's
    Row("agent/profile/notifications/", "GET", STAFF),
    Row("agent/push/", "POST", (LOGIN, 404, 404, 404, 404)),  # see test_push.py
    Row("agent/push/<int:subscription_id>/", "DELETE", (LOGIN, 404, 404, 404, 404)),
    Row("push-worker.js", "GET", (404, 404, 404, 404, 404)),
    Row("agent/messages/<int:message_id>/body/", "GET", STAFF, private=404),
    Row("agent/messages/<int:message_id>/retraction/", "POST", (LOGIN, 403, 403, 302, 302), private=404),
    Row("agent/messages/<int:message_id>/detachment/", "POST", CHANGES, private=404),
    Row("agent/messages/<int:message_id>/move/", "POST", CHANGES, private=404, data={"number": "1"}),
    Row("agent/messages/<int:message_id>/redactions/", "GET", (LOGIN, 403, OK, OK, OK), private=404),
    Row("agent/attachments/", "POST", (LOGIN, 422, 422, 422, 422)),
    Row("agent/attachments/<int:attachment_id>/", "DELETE", (LOGIN, 404, 404, 404, 404), private=404),
    Row("agent/attachments/<int:attachment_id>/<str:filename>", "GET", STAFF, private=404),
    Row("agent/messages/<int:message_id>/retry/", "POST", CHANGES, private=404),
    Row("agent/new/message/", "GET", (LOGIN, 403, 404, 404, 404)),  # no account here lets us begin
    Row("agent/messages/<int:message_id>/reaction/", "GET", (LOGIN, 403, OK, OK, OK), private=404),
    Row("agent/messages/<int:message_id>/reaction/", "POST", CHANGES, private=404),
    Row("agent/tickets/<int:number>/ways/", "GET", (LOGIN, 403, OK, OK, OK), private=404),
    Row("agent/tickets/<int:number>/typing/", "POST", (LOGIN, 403, 204, 204, 204), private=404),
    Row("agent/tickets/<int:number>/templates/", "GET", CHANGES, private=404),  # there is none: back to the ticket
    Row("agent/tickets/<int:number>/public/", "GET", (LOGIN, 302, 302, 302, 302), private=404),  # nothing was public
    Row("agent/tickets/<int:number>/public/triage/", "POST", CHANGES, private=404, data={"triage": "support"}),
    Row("agent/tickets/<int:number>/public/quarrel/", "POST", CHANGES, private=404, data={"expected": "1"}),
    Row("agent/tickets/<int:number>/public/quarrel/", "POST", (LOGIN, 403, 403, 302, 302), private=404),
    Row("agent/tickets/<int:number>/public/private/", "POST", CHANGES, private=404),
    Row("agent/proposals/<int:proposal_id>/decision/", "POST", CHANGES, private=404),
    Row("agent/messages/<int:message_id>/confirmation/", "POST", CHANGES, private=404),
    Row("agent/messages/<int:message_id>/files/", "POST", CHANGES, private=404),
    Row("agent/intake/", "GET", LEADS),
    Row("agent/intake/<int:payload_id>/", "GET", LEADS),
    Row("agent/intake/<int:payload_id>/raw/", "GET", LEADS),
    Row("agent/intake/<int:payload_id>/reading/", "POST", (LOGIN, 403, 403, 302, 302)),
    Row("agent/outbox/", "GET", LEADS),
    Row("agent/outbox/messages/", "GET", LEADS),
    Row("agent/outbox/<int:delivery_id>/", "GET", LEADS),
    Row("agent/outbox/<int:delivery_id>/html/", "GET", LEADS),
    Row("agent/outbox/<int:delivery_id>/raw/", "GET", LEADS),
    Row("customers/<int:customer_id>/consent/", "GET", STAFF),
    Row("customers/<int:customer_id>/consent/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("preferences/<str:token>/", "GET", (404, 404, 404, 404, 404)),
    Row("preferences/<str:token>/answers/", "POST", (404, 404, 404, 404, 404)),
    Row("preferences/<str:token>/unsubscribe/", "POST", (404, 404, 404, 404, 404)),
    Row("survey/<str:survey_token>/", "GET", (404, 404, 404, 404, 404)),
    Row("survey/test/<str:survey_token>/", "GET", (404, 404, 404, 404, 404)),
    Row("customers/<int:customer_id>/", "GET", STAFF),
    Row("customers/", "GET", STAFF),
    Row("customers/count/", "GET", STAFF),
    Row("customers/filter/", "GET", STAFF),
    Row("customers/segments/", "GET", STAFF),
    Row("customers/segments/new/", "GET", STAFF),
    Row("customers/segments/preview/", "POST", (LOGIN, OK, OK, OK, OK)),
    Row("customers/segments/<int:segment_id>/", "GET", LEADS),
    Row("customers/segments/<int:segment_id>/count/", "GET", STAFF),
    Row("customers/segments/<int:segment_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("customers/organisations/", "GET", STAFF),
    Row("customers/organisations/new/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/organisations/new/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("customers/organisations/<int:organisation_id>/", "GET", STAFF),
    Row("customers/organisations/<int:organisation_id>/edit/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/organisations/<int:organisation_id>/edit/", "POST", CHANGES),
    Row("customers/organisations/<int:organisation_id>/members/", "GET", STAFF),
    Row("customers/organisations/<int:organisation_id>/members/", "POST", CHANGES),
    Row(
        "customers/organisations/<int:organisation_id>/members/<int:customer_id>/removal/",
        "POST",
        (LOGIN, 403, 404, 404, 404),  # no member
    ),
    Row("customers/organisations/<int:organisation_id>/candidates/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("agent/of-organisation/<int:organisation_id>/numbers/", "GET", STAFF),
    Row("customers/new/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/new/", "POST", (LOGIN, 403, 422, 422, 422)),
    Row("customers/suggestions/", "GET", (LOGIN, 404, 404, 404, 404)),
    Row("customers/<int:customer_id>/record/", "GET", STAFF),
    Row("customers/<int:customer_id>/record/", "POST", CHANGES, data={"field": "tier", "tier": "Gold"}),
    Row("customers/<int:customer_id>/edit/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/<int:customer_id>/edit/", "POST", CHANGES),
    Row("customers/<int:customer_id>/picture/", "GET", (LOGIN, 404, 404, 404, 404)),
    Row("customers/<int:customer_id>/picture/", "POST", CHANGES),
    Row("customers/<int:customer_id>/dates/", "POST", CHANGES),
    Row("customers/<int:customer_id>/dates/<int:date_id>/removal/", "POST", (LOGIN, 403, 302, 404, 404)),
    Row("customers/<int:customer_id>/identities/", "GET", STAFF),
    Row("customers/<int:customer_id>/identities/", "POST", CHANGES),
    Row("customers/<int:customer_id>/identities/<int:identity_id>/removal/", "POST", (LOGIN, 403, 302, 404, 404)),
    Row("customers/<int:customer_id>/identities/<int:identity_id>/link/", "POST", CHANGES),
    Row("identity/<str:token>/", "GET", (404,) * 5),
    Row("settings/customer-fields/", "GET", ADMINS),
    Row("settings/customer-fields/new/", "GET", ADMINS),
    Row("settings/customer-fields/<int:field_id>/", "GET", ADMINS),
    Row("settings/customer-fields/<int:field_id>/position/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/customer-fields/<int:field_id>/activity/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/customer-fields/<int:field_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("customers/duplicates/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/duplicates/<int:suggestion_id>/dismissal/", "POST", CHANGES),
    Row("customers/merges/<int:merge_id>/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/merges/<int:merge_id>/", "POST", (LOGIN, 403, 302, 422, 422)),  # the next one comes too late
    Row("customers/<int:customer_id>/duplicates/", "GET", STAFF),
    Row("customers/feedback/", "GET", STAFF),
    Row("customers/feedback/share/", "GET", (LOGIN, 404, 404, 404, 404)),
    Row("customers/feedback/share/", "POST", (LOGIN, 404, 404, 404, 404), data={"message": "999999"}),
    Row("customers/feedback/<int:topic_id>/", "GET", STAFF),
    Row("customers/feedback/<int:topic_id>/", "POST", CHANGES, data={"status": "planned"}),
    Row("customers/feedback/<int:topic_id>/telling/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/feedback/excerpts/<int:excerpt_id>/removal/", "POST", (LOGIN, 403, 302, 404, 404)),
    Row("customers/<int:customer_id>/notes/", "POST", (LOGIN, 302, 302, 302, 302), data={"text": "Likes engines."}),
    Row("customers/<int:customer_id>/merge/", "GET", (LOGIN, 403, OK, OK, OK)),
    Row("customers/<int:customer_id>/privacy/", "GET", STAFF),  # empty for who may not
    Row("customers/<int:customer_id>/exports/", "POST", (LOGIN, 403, 403, 302, 302)),
    Row("customers/<int:customer_id>/erasure/", "GET", ADMINS),
    Row("customers/<int:customer_id>/erasure/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("customers/privacy/<int:privacy_job_id>/", "GET", LEADS),
    Row("customers/privacy/<int:privacy_job_id>/retry/", "POST", (LOGIN, 403, 403, 302, 302)),
    Row("customers/privacy/<int:privacy_job_id>/archive/", "GET", (LOGIN, 403, 403, 404, 404)),  # not made yet
    Row("settings/privacy/", "GET", ADMINS),
    Row("settings/privacy/log/", "GET", ADMINS),
    Row("settings/privacy/kinds/<slug:retention_kind>/", "POST", (LOGIN, 403, 403, 403, 302), data={"days": "365"}),
    Row("settings/", "GET", ADMINS),
    Row("settings/staff/", "GET", ADMINS),
    Row("settings/staff/new/", "GET", ADMINS),
    Row("settings/staff/<int:user_id>/", "GET", ADMINS),
    Row("settings/teams/", "GET", ADMINS),
    Row("settings/teams/new/", "GET", ADMINS),
    Row("settings/teams/<int:team_id>/", "GET", ADMINS),
    Row("agent/availability/", "GET", (LOGIN, 200, 200, 200, 200)),
    Row("agent/availability/", "POST", (LOGIN, 302, 302, 302, 302), data={"availability": "away"}),
    Row("settings/routing/", "GET", ADMINS),
    Row("settings/routing/teams/<int:team_id>/", "GET", ADMINS),
    Row("settings/routing/people/<int:user_id>/", "GET", ADMINS),
    Row("settings/routing/skills/", "POST", (LOGIN, 403, 403, 403, 302), data={"name": "gears"}),
    Row("settings/routing/skills/<int:skill_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/calendars/", "GET", ADMINS),
    Row("settings/calendars/new/", "GET", ADMINS),
    Row("settings/calendars/preview/", "POST", ADMINS),
    Row("settings/calendars/regions/", "GET", ADMINS),
    Row("settings/calendars/<int:calendar_id>/", "GET", ADMINS),
    Row("settings/calendars/<int:calendar_id>/preview/", "POST", ADMINS),
    Row("settings/calendars/<int:calendar_id>/days/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/calendars/days/<int:day_id>/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/calendars/<int:calendar_id>/default/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/calendars/<int:calendar_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/inboxes/", "GET", ADMINS),
    Row("settings/inboxes/new/", "GET", ADMINS),
    Row("settings/inboxes/<int:inbox_id>/", "GET", ADMINS),
    Row("settings/mailboxes/", "GET", ADMINS),
    Row("settings/mailboxes/new/", "GET", ADMINS),
    Row("settings/mailboxes/<int:mailbox_id>/", "GET", ADMINS),
    Row("settings/mailboxes/<int:mailbox_id>/test/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/mailboxes/<int:mailbox_id>/activity/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/mailboxes/<int:mailbox_id>/removal/", "GET", ADMINS),
    Row("settings/webhooks/", "GET", ADMINS),
    Row("settings/webhooks/new/", "GET", ADMINS),
    Row("settings/webhooks/<int:endpoint_id>/", "GET", ADMINS),
    Row("settings/webhooks/<int:endpoint_id>/edit/", "GET", ADMINS),
    Row("settings/webhooks/<int:endpoint_id>/secret/", "POST", ADMINS),
    Row("settings/webhooks/<int:endpoint_id>/test/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/webhooks/<int:endpoint_id>/activity/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/webhooks/<int:endpoint_id>/replays/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/webhooks/<int:endpoint_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("customers/import/", "GET", LEADS),
    Row("customers/export/", "GET", LEADS),
    Row("customers/organisations/export/", "GET", LEADS),
    Row("agent/list/export/", "GET", LEADS),
    Row("customers/import/<int:import_id>/", "GET", (LOGIN, 403, 403, 404, OK)),  # its author's, and admins'
    Row("customers/import/<int:import_id>/mapping/", "POST", (LOGIN, 403, 403, 404, 422)),
    Row("customers/import/<int:import_id>/run/", "POST", (LOGIN, 403, 403, 404, 302)),
    Row("customers/import/<int:import_id>/cancellation/", "POST", (LOGIN, 403, 403, 404, 302)),
    Row("customers/import/<int:import_id>/problems.csv", "GET", (LOGIN, 403, 403, 404, OK)),
    Row("settings/tokens/", "GET", ADMINS),
    Row("settings/tokens/<int:token_id>/revocation/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/account-actions/", "GET", ADMINS),
    Row("settings/account-actions/new/", "GET", ADMINS),
    Row("settings/account-actions/<int:action_id>/", "GET", ADMINS),
    Row("settings/account-actions/<int:action_id>/secret/", "POST", ADMINS),
    Row("settings/account-actions/<int:action_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("customers/<int:customer_id>/orders/", "GET", STAFF),
    Row(f"{TICKET}orders/", "GET", STAFF, private=404),
    Row("agent/account-actions/<int:account_action_id>/", "GET", (LOGIN, 404, 404, 404, 404)),  # tests/integrations
    Row("agent/account-actions/runs/<int:run_id>/retry/", "POST", (LOGIN, 404, 404, 404, 404)),
    # There is no simulator but in a demo.
    Row("agent/simulator/", "GET", (LOGIN, 404, 404, 404, 404)),
    Row("agent/simulator/<int:account_id>/", "GET", (LOGIN, 404, 404, 404, 404)),
    Row("agent/simulator/<int:account_id>/act/", "POST", (LOGIN, 404, 404, 404, 404)),
    Row("demo/providers/<slug:provider_name>/<path:path>", "POST", (404, 404, 404, 404, 404)),
    Row("settings/channels/", "GET", ADMINS),
    Row("settings/channels/new/<slug:channel_kind>/", "GET", ADMINS),
    Row("settings/channels/new/<slug:channel_kind>/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/channels/<int:account_id>/", "GET", ADMINS),
    Row("settings/channels/<int:account_id>/live/", "GET", ADMINS),
    Row("settings/channels/<int:account_id>/edit/", "GET", ADMINS),
    Row("settings/channels/<int:account_id>/edit/", "POST", (LOGIN, 403, 403, 403, 422)),
    Row("settings/channels/<int:account_id>/probe/", "POST", ADMINS_DO),
    Row("settings/channels/<int:account_id>/test/", "POST", ADMINS_DO),
    Row("settings/channels/<int:account_id>/activity/", "POST", ADMINS_DO),
    Row("settings/channels/<int:account_id>/removal/", "GET", ADMINS),
    Row("settings/channels/<int:account_id>/removal/", "POST", ADMINS_DO),
    Row("settings/channels/payloads/<int:hook_payload_id>/reading/", "POST", ADMINS_DO),
    Row("settings/slack/", "GET", ADMINS),
    Row("settings/slack/<int:workspace_id>/removal/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("settings/slack/events/<int:slack_event_id>/retrial/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("hooks/slack/<str:token>/", "POST", (403, 403, 403, 403, 403)),
    Row("hooks/slack/<str:token>/interactivity/", "POST", (403, 403, 403, 403, 403)),
    Row("hooks/slack/<str:token>/commands/", "POST", (403, 403, 403, 403, 403)),
    Row("hooks/<str:hook_kind>/<str:hook_token>/", "POST", (403, 403, 403, 403, 403)),
    Row("hooks/<str:hook_kind>/<str:hook_token>/<str:hook_path>/", "POST", (403, 403, 403, 403, 403)),
    Row("settings/webhooks/deliveries/<int:webhook_delivery_id>/", "GET", ADMINS),
    Row("agent/rules/<int:rule_id>/", "GET", STAFF),
    Row(f"{TICKET}rules/", "GET", STAFF, private=404),
    *(row for plural in ("triggers", "automations") for row in rules_of(plural)),
    Row("settings/rules/replays/<int:replay_id>/", "GET", (LOGIN, 403, 403, 403, 404)),  # it is its author's
    Row("settings/rules/replays/<int:replay_id>/cancellation/", "POST", (LOGIN, 403, 403, 403, 404)),
    Row("settings/rules/categories/<int:category_id>/position/", "POST", (LOGIN, 403, 403, 403, 302)),
    *WRITING,
    Row("reports/live/", "GET", STAFF),
    Row("reports/live/board/", "GET", STAFF),
    Row("reports/me/", "GET", STAFF),
    Row("reports/voice/", "GET", LEADS),
    Row("reports/voice/counts/", "POST", LEADS_DO),
    Row("reports/voice/<int:term_id>/", "GET", (LOGIN, 403, 403, 404, 404)),
    Row("reports/voice/<int:term_id>/visibility/", "POST", (LOGIN, 403, 403, 404, 404)),
    Row("reports/voice/<int:term_id>/topic/", "POST", (LOGIN, 403, 403, 404, 404)),
    Row("reports/goals/", "GET", LEADS),
    Row("reports/goals/new/", "GET", LEADS),
    Row("reports/goals/new/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("reports/goals/<int:goal_id>/", "GET", LEADS),
    Row("reports/goals/<int:goal_id>/edit/", "GET", LEADS),
    Row("reports/goals/<int:goal_id>/edit/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("reports/goals/<int:goal_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),  # the lead was quicker
    Row("reports/tickets/<int:number>/", "GET", STAFF, private=404),
    Row("reports/tickets/", "GET", (LOGIN, 403, 403, 422, 422)),
    Row("reports/definitions/", "GET", STAFF),
    Row("reports/explore/", "GET", LEADS),
    Row("reports/explore/file/", "GET", LEADS),
    Row("reports/explore/saved/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("reports/explore/<int:report_id>/", "GET", LEADS),
    Row("reports/explore/<int:report_id>/change/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("reports/explore/<int:report_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("reports/explore/<int:report_id>/mails/", "GET", LEADS),
    Row("reports/explore/<int:report_id>/mails/new/", "POST", (LOGIN, 403, 403, 422, 422)),
    Row("reports/explore/<int:report_id>/mails/<int:schedule_id>/activity/", "POST", (LOGIN, 403, 403, 302, 302)),
    Row("reports/explore/<int:report_id>/mails/<int:schedule_id>/deletion/", "POST", (LOGIN, 403, 403, 302, 404)),
    Row("styleguide/", "GET", STAFF),
    Row("styleguide/charts/", "GET", STAFF),
    Row("reports/", "GET", LEADS),
    Row("reports/filter/", "GET", LEADS),
    Row("reports/saved/new/", "GET", LEADS),
    Row("reports/saved/<int:dashboard_id>/", "GET", (LOGIN, 403, 403, 302, 302)),
    Row("reports/saved/<int:dashboard_id>/edit/", "GET", (LOGIN, 403, 403, 403, 200)),
    Row("reports/saved/<int:dashboard_id>/query/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("reports/saved/<int:dashboard_id>/deletion/", "POST", (LOGIN, 403, 403, 403, 302)),
    Row("reports/<slug:name>/", "GET", (LOGIN, 403, 403, 404, 404)),
    Row("styleguide/<str:name>/", "GET", (LOGIN, 404, 404, 404, 404)),
    # Of customers, who have no role: see tests/tickets/portal/. Nobody of the table is signed in there.
    Row("requests/", "GET", (302, 302, 302, 302, 302)),
    Row("requests/sign-in/", "GET", (OK, OK, OK, OK, OK)),
    Row("requests/sign-in/", "POST", (422, 422, 422, 422, 422)),
    Row("requests/sign-in/<str:sign_in_token>/", "GET", (404, 404, 404, 404, 404)),
    Row("requests/sign-out/", "POST", (302, 302, 302, 302, 302)),
    Row("requests/<int:number>/", "GET", (302, 302, 302, 302, 302)),
    Row("requests/<int:number>/messages/", "POST", (403, 403, 403, 403, 403), data={"text": "Hello"}),
    Row("requests/<int:number>/solution/", "POST", (403, 403, 403, 403, 403)),
    Row("requests/<int:number>/rating/", "POST", (403, 403, 403, 403, 403), data={"score": "good"}),
    Row("requests/files/<int:attachment_id>/<str:filename>", "GET", (302, 302, 302, 302, 302)),
    Row("widget.js", "GET", (OK, OK, OK, OK, OK)),
    Row("widget/config/", "GET", (404, 404, 404, 404, 404)),  # of several chats a page has to name its own
    Row("widget/frame/", "GET", (404, 404, 404, 404, 404)),
    Row("widget/demo/", "GET", (OK, OK, OK, OK, OK)),
    Row("widget/upload/", "POST", (403, 403, 403, 403, 403)),  # whose visitor's token is made up
    Row("widget/files/<str:signed>/", "GET", (404, 404, 404, 404, 404)),
    Row("shared/<str:signed>/<str:filename>", "GET", (404, 404, 404, 404, 404)),
    Row("contact/", "GET", (OK, OK, OK, OK, OK)),
    Row("contact/", "POST", (422, 422, 422, 422, 422)),
    Row("contact/<slug:form_slug>/", "GET", (OK, OK, OK, OK, OK)),
    Row("contact/suggestions/", "GET", (OK, OK, OK, OK, OK)),
    Row("contact/offers/<str:token>/articles/<int:article_id>/", "GET", (404, 404, 404, 404, 404)),
    Row("contact/offers/<str:token>/solved/", "GET", (404, 404, 404, 404, 404)),
    Row("contact/answers/<str:token>/articles/<int:article_id>/", "GET", (404, 404, 404, 404, 404)),
    Row("contact/answers/<str:token>/solved/", "GET", (404, 404, 404, 404, 404)),
    Row("contact/sent/<str:token>/", "GET", (404, 404, 404, 404, 404)),
    Row("contact/sent/<str:token>/withdrawal/", "POST", (404, 404, 404, 404, 404)),
    Row("contact/requests/<str:token>/", "POST", (404, 404, 404, 404, 404)),
    Row("hc/<str:language>/articles/<int:article_id>/vote/", "POST", (OK, OK, OK, OK, OK), data={"helpful": "1"}),
    Row(
        "hc/<str:language>/articles/<int:article_id>/comments/", "POST", (403, 403, 403, 403, 403), data={"text": "Hm"}
    ),
    *FORMS,
    *CHAT_SETTINGS,
    *CONSOLE,
    *PHONE,
    *ASSISTANT,
    Row("", "GET", (OK, OK, OK, OK, OK)),
    Row("setup/", "GET", (404, 404, 404, 404, 404)),
]

# What other departments get: 403 wherever one has to sign in, but for these. What is public is public for them too.
COMPANY: dict[tuple[str, str], int] = {
    ("GET", "hc/"): 302,  # to the home in the reader's language
    ("GET", "requests/"): 302,
    ("POST", "requests/sign-out/"): 302,
    ("GET", "requests/<int:number>/"): 302,
    ("GET", "requests/files/<int:attachment_id>/<str:filename>"): 302,
    ("GET", "shared/<str:signed>/<str:filename>"): 403,  # for providers, who have no role
    ("GET", "agent/"): 302,  # to the customers
    ("GET", "agent/profile/"): OK,
    ("GET", "agent/profile/keys/"): OK,
    ("POST", "agent/preferences/"): 400,
    ("GET", "agent/of-customer/<int:customer_id>/timeline/"): OK,
    ("GET", "agent/of-customer/<int:customer_id>/health/"): OK,
    ("GET", "agent/of-organisation/<int:organisation_id>/timeline/"): OK,
    ("GET", "agent/of-organisation/<int:organisation_id>/numbers/"): OK,
    ("GET", "agent/messages/<int:message_id>/whole/"): OK,
    ("GET", "customers/"): OK,
    ("GET", "customers/count/"): OK,
    ("GET", "customers/organisations/"): OK,
    ("GET", "customers/organisations/<int:organisation_id>/"): OK,
    ("GET", "customers/organisations/<int:organisation_id>/members/"): OK,
    ("GET", "customers/<int:customer_id>/"): OK,
    ("GET", "customers/<int:customer_id>/record/"): OK,
    ("GET", "customers/<int:customer_id>/identities/"): OK,
    ("GET", "customers/<int:customer_id>/picture/"): 404,  # she has none
    ("GET", "customers/<int:customer_id>/orders/"): OK,
    ("GET", "customers/<int:customer_id>/consent/"): OK,
    ("POST", "customers/<int:customer_id>/notes/"): 302,
    ("GET", "customers/feedback/"): OK,
    ("GET", "customers/feedback/share/"): 404,
    ("POST", "customers/feedback/share/"): 404,
    ("GET", "customers/feedback/<int:topic_id>/"): OK,
    ("POST", "customers/feedback/<int:topic_id>/"): 403,
    ("POST", "demo/providers/<slug:provider_name>/<path:path>"): 403,
}

# Addresses whose permissions are somebody else's to test: libraries', machines', and those tested beside their code.
ELSEWHERE = (
    "accounts/",  # allauth
    "healthz",
    "readyz",
    "metrics",
    "api/",  # tests/tickets/test_api.py
    "static/",
)


class House(NamedTuple):
    """Who asks, and what stands in the addresses. A session's key is all that a client of somebody signed in needs."""

    sessions: dict[str, str]
    place: dict[str, int | str]

    def client(self, role: str) -> Client:
        client = Client()
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


@contextmanager
def until_rolled_back(blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction round several tests: the one of each test is a savepoint in it."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _furnish(is_private: bool) -> House:
    support_team = Team.objects.create(name="Support")
    people = {
        "agent": staff("grace@onethread.test", "Grace Hopper", Role.AGENT),
        "light": staff("linus@onethread.test", "Linus Light", Role.LIGHT),
        "lead": staff("margaret@onethread.test", "Margaret Hamilton", Role.LEAD),
        "admin": staff("radia@onethread.test", "Radia Perlman", Role.ADMIN),
        "company": staff("sales@onethread.test", "Sam Sales", Role.COMPANY),
    }
    people["agent"].teams.add(support_team)
    alan = staff("alan@onethread.test", "Alan Turing", Role.AGENT)
    support = Inbox.objects.create(name="Support", address="support@onethread.test", team=support_team)
    ChannelAccount.objects.create(inbox=support)
    ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
    team = Team.objects.create(name="Legal", is_private=True) if is_private else support_team
    ticket = open_for(ada, support, "The engine rattles")
    place = _place(ticket, team, support, alan)
    if is_private:
        assign_team(ticket, team, actor=Actor.agent(alan))
    return House({role: _session(user) for role, user in people.items()}, place)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="class")
def _furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with until_rolled_back(django_db_blocker):
        yield _furnish(is_private=False)


@pytest.fixture(scope="class")
def _furnished_privately(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with until_rolled_back(django_db_blocker):
        yield _furnish(is_private=True)


@pytest.fixture
def house(_furnished: House, db: None) -> House:
    """Ada's ticket, with a reply by Alan that still waits to be sent."""
    forget_everything()
    return _furnished


@pytest.fixture
def private_house(_furnished_privately: House, db: None) -> House:
    """The same for a ticket of a private team, in which nobody of the table's agents is."""
    forget_everything()
    return _furnished_privately


def _webhook() -> dict[str, int | str]:
    endpoint = WebhookEndpoint.objects.create(name="Depot", url="https://hooks.example.com/", sealed_secret=seal("x"))
    said = delivery(endpoint, "webhook.test", "{}")
    said.save()
    return {"endpoint_id": endpoint.pk, "webhook_delivery_id": said.pk, **_slack()}


def _programs(author: User) -> dict[str, int | str]:
    action = AccountAction.objects.create(name="Refund", url="https://shop.example.com/", sealed_secret=seal("x"))
    token, _said = create_token(author.pk, name="Shop", scopes=["orders"])
    job = ImportJob.objects.create(user=author, filename="people.csv", file="", kind="csv", header=["name"])
    return {
        "action_id": action.pk,
        "token_id": token.pk,
        "account_action_id": action.pk,
        "run_id": 1,
        "import_id": job.pk,
    }


def _slack() -> dict[str, int | str]:
    sealed = {"sealed_token": seal("x"), "sealed_signing_secret": seal("y")}
    workspace = SlackWorkspace.objects.create(team_id="T1", team_name="Engines", bot_user_id="U1", **sealed)
    event = SlackEvent.objects.create(workspace=workspace, delivery_key="Ev1", body={}, state="failed")
    return {"workspace_id": workspace.pk, "token": workspace.hook_token, "slack_event_id": event.pk}


def _mailbox(account: ChannelAccount) -> Mailbox:
    """Of a server that nobody runs: testing it says so."""
    return Mailbox.objects.get_or_create(account=account, host="127.0.0.1", port=free_port(), username="support")[0]


def _channels(inbox: Inbox) -> dict[str, int | str]:
    account = ProviderAccount.objects.create(kind="generic", name="Matrix", inbox=inbox, external_id="matrix")
    payload = HookPayload.objects.create(account=account, raw=b"{}", state="failed")
    named = {"channel_kind": "generic", "provider_name": "twilio", "path": "x"}
    return {**named, "account_id": account.pk, "hook_payload_id": payload.pk}


def _known(customer: Customer) -> dict[str, int | str]:
    date = customer.important_dates.create(label="Birthday", day="1815-12-10")
    identity = customer.identities.create(kind="phone", value="+49301234567", proved_by="agent")
    field, _made = CustomField.objects.get_or_create(of="customer", key="seats", title="Seats", kind="integer")
    return {"date_id": date.pk, "identity_id": identity.pk, "field_id": field.pk}


def _twins(author: User) -> dict[str, int | str]:
    """A merge that can be taken back, and two records that may be one."""
    one, two, three, four = Customer.objects.bulk_create(Customer(name=f"Twin {number}") for number in range(4))
    suggestion = DuplicateSuggestion.objects.create(first=three, second=four, score=60)
    return {"merge_id": merge(one, two, actor=Actor.agent(author)).pk, "suggestion_id": suggestion.pk}


def _feedback(author: User, ticket: Ticket) -> dict[str, int | str]:
    topic = Topic.objects.create(title="Quieter engines", status="planned")
    excerpt = Excerpt.objects.create(topic=topic, customer=ticket.requester, words="It is loud.", shared_by=author)
    return {"topic_id": topic.pk, "excerpt_id": excerpt.pk}


def _hours() -> dict[str, int | str]:
    calendar, _made = Calendar.objects.get_or_create(name="Depot", defaults={"week": [[540, 1020]]})
    day = Holiday.objects.create(calendar=calendar, name="Fair", first="2030-05-01", last="2030-05-01", is_public=True)
    skill, _made = Skill.objects.get_or_create(name="lang:de")
    return {"calendar_id": calendar.pk, "day_id": day.pk, "skill_id": skill.pk}


def _promises(ticket: Ticket, author: User) -> dict[str, int | str]:
    policy = SlaPolicy.objects.create(title="Standard", is_active=False)
    target = SlaTarget.objects.create(
        ticket=ticket, metric="first_reply_time", priority="high", target=3600, started_at=ticket.created_at
    )
    job = SlaWhatIf.objects.create(draft={}, title="Standard", asked_by=author, state="done")
    survey = create_survey(author, "How was it?", kind="csat", scale=5)
    return {"survey_id": survey.pk, "policy_id": policy.pk, "target_id": target.pk, "what_if_id": job.pk}


def _knowledge(author: User) -> dict[str, int | str]:
    """A published article, in a help centre where agents publish."""
    centre, _made = HelpCentre.objects.get_or_create(host="", defaults={"name": "Help", "languages": ["en", "de"]})
    category = centre.categories.create(texts={"en": {"name": "Engines"}})
    section = category.sections.create(texts={"en": {"name": "Repairs"}})
    translation = publish(create_article(section, "en", by=author, title="It rattles", body="<p>Oil.</p>"), by=author)
    assert translation.published
    Search.objects.create(centre=centre, language="en", words="Oil", folded="oil", results=0)
    brought = ArticleImport.objects.create(centre=centre, user=author, kind="markdown", filename="a.zip", stage="done")
    decision, _made = GapDecision.objects.get_or_create(kind=GapKind.MACRO, key="1", decided_by=author)
    return {
        "article_import_id": brought.pk,
        "gap_kind": "not_found",
        "decision_id": decision.pk,
        "flag_id": ArticleFlag.objects.create(article=translation.article, text="Wrong.", flagged_by=author).pk,
        "article_id": translation.article_id,
        "article_place": f"{translation.article_id}-{translation.slug}",
        "section_place": f"{section.pk}-repairs",
        "category_place": f"{category.pk}-engines",
        "hue": centre.hue,
        "language": "en",
        "revision": translation.published.number,
        "comment_id": comment(translation, "Which oil?", by=author).pk,
        "synonyms_id": Synonyms.objects.create(language="en", words=["oil", "grease"]).pk,
        "block_id": create_block(f"Hours {translation.pk}", {"en": "<p>9 to 5</p>"}, by=author).pk,
        "help_category_id": category.pk,
        "section_id": section.pk,
        "centre_id": centre.pk,
    }


def _forms(inbox: Inbox, article: int | str) -> dict[str, int | str]:
    question = {"key": "order", "kind": "text", "texts": {"en": {"label": "Order"}}}
    form, _made = ContactForm.objects.get_or_create(slug="returns", defaults={"inbox": inbox, "fields": [question]})
    vote = Vote.objects.create(article_id=article, language="en", is_helpful=False, text="No oil.", visitor=uuid4().hex)
    said = ReaderComment.objects.create(article_id=article, language="en", author_name="Ada", text="Which oil?")
    return {
        "form_id": form.pk,
        "form_slug": form.slug,
        "question_key": "order",
        "vote_id": vote.pk,
        "reader_comment_id": said.pk,
    }


def _assistant(inbox: Inbox) -> dict[str, int | str]:
    widget = ChatWidget.objects.create(name="Shop", inbox=inbox, languages=["en"])
    flow = ChatFlow.objects.create(widget=widget, name="Help", steps=[{"id": "start", "texts": {"en": {"text": "Hi"}}}])
    invitation = ChatInvitation.objects.create(widget=widget, name="Checkout")
    return {"flow_id": flow.pk, "step_id": "start", "invitation_id": invitation.pk, "visitor_id": str(uuid4())}


def _chats(ticket: Ticket, team: Team, author: User) -> dict[str, int | str]:
    """A chat under way, and what admins have set up for it."""
    question = {"key": "order", "kind": "text", "texts": {"en": {"label": "Order"}}}
    widget = ChatWidget.objects.create(name="Door", inbox=ticket.inbox, team=team, languages=["en"], fields=[question])
    visitor = ChatVisitor.objects.create(widget=widget, customer=ticket.requester)
    chat = Chat.objects.create(
        widget=widget, visitor=visitor, ticket=ticket, team=team, agent=author, state=ChatState.ACTIVE
    )
    key = ChatKey.objects.create(widget=widget, algorithm="HS256", secret=seal("x"))
    block = ChatBlock.objects.create(by="visitor", value=str(uuid4()), shown="#A1B2")
    return {"widget_id": widget.pk, "chat_id": chat.pk, "chat_key_id": key.pk, "chat_block_id": block.pk}


def _calls(ticket: Ticket, author: User) -> dict[str, int | str]:
    """A call that has ended and is not written up, and one that is owed."""
    number = "+493012345678"
    new = NewCall(ticket.inbox, "in", number, our_number="+4930555000", team=ticket.team)
    call = begin_call(new, Moment("answered", timezone.now(), "answered", agent_id=author.pk), ticket=ticket)
    tell(call.pk, Moment("ended", timezone.now(), "ended"))
    owed = owe_call(ticket, number, due_at=timezone.now(), reason="follow_up", actor=Actor.agent(author))
    script = CallScript.objects.create(topic=f"Delivery {ticket.pk}")
    return {"call_id": call.pk, "callback_id": owed.pk, "script_id": script.pk}


def _mailed_report(owner: User) -> dict[str, int]:
    report = SavedReport.objects.create(title="Months", params={"m": ["opened"]})
    schedule = ReportSchedule.objects.create(
        report=report, owner=owner, time=time(8), time_zone="UTC", recipients=["boss@example.org"]
    )
    return {"report_id": report.pk, "schedule_id": schedule.pk}


def _place(ticket: Ticket, team: Team, inbox: Inbox, author: User) -> dict[str, int | str]:
    file = upload(author, "engine.txt", b"cogs")
    message = add_reply(ticket, "<p>We look into it.</p>", actor=Actor.agent(author), attachment_ids=[file.pk])
    delivery = Delivery.objects.get(message=message)
    Delivery.objects.filter(pk=delivery.pk).update(raw=MAIL)
    payload = InboundPayload.objects.create(
        account=ChannelAccount.objects.get(inbox=inbox), source="smtp", raw=MAIL, size=len(MAIL), state="held"
    )
    knowledge = _knowledge(author)
    return {
        "number": ticket.pk,
        "message_id": message.pk,
        "proposal_id": ReplyProposal.objects.create(ticket=ticket, author=author, html="<p>Sorry.</p>", route="c1").pk,
        "attachment_id": file.pk,
        "filename": "engine.txt",
        "name": "no-such-page",
        "signed": "made-up",
        "customer_id": ticket.requester_id,
        **_known(ticket.requester),
        **knowledge,
        **_forms(inbox, knowledge["article_id"]),
        **_assistant(inbox),
        **_chats(ticket, team, author),
        **_calls(ticket, author),
        **_twins(author),
        **_feedback(author, ticket),
        "organisation_id": Organisation.objects.get_or_create(name="Analytical Engines")[0].pk,
        "search_id": SavedSearch.objects.get_or_create(user=author, query="the author's own")[0].pk,
        **_webhook(),
        "hook_kind": "generic",
        "hook_token": "made-up",
        "hook_path": "status",
        **_hours(),
        **_programs(author),
        **_channels(inbox),
        **_promises(ticket, author),
        "term_id": 0,  # of no count; tests/metrics/test_voice.py has some
        "goal_id": Goal.objects.create(measure="solved", target=20).pk,
        **_mailed_report(author),
        "dashboard_id": Dashboard.objects.create(title="Mornings", report="sla").pk,
        "user_id": author.pk,
        "team_id": team.pk,
        "inbox_id": inbox.pk,
        "mailbox_id": _mailbox(delivery.account).pk,
        "delivery_id": delivery.pk,
        "payload_id": payload.pk,
        "rule_id": (rule := create_rule("trigger", author, "Raise", category=category_named("First"))).pk,
        "replay_id": 1,
        "category_id": rule.category_id or 0,
        "macro_id": create_macro(author, "Seen", actions=[{"field": "comment_value", "value": "Seen."}]).pk,
        "view_id": SavedView.objects.create(title="Urgent").pk,
        "segment_id": Segment.objects.create(name="Seen").pk,
        "slug": "pending",
        "kind": "customer",
        "job_id": BulkJob.objects.create(user=author, title="Ours", submit_key=uuid4()).pk,
        "subscription_id": 1,
        "draft_id": 1,
        "retention_kind": "raw_mail",
        "privacy_job_id": PrivacyJob.objects.create(kind="export", customer_id=ticket.requester_id).pk,
        "notification_id": Notification.objects.create(user=author, kind="bulk_done").pk,
    }


def address(route: str, place: dict[str, int | str]) -> str:
    for name, value in place.items():
        for converter in ("int", "str", "slug", "uuid"):
            route = route.replace(f"<{converter}:{name}>", str(value))
    return f"/{route}"


def ask(client: Client, row: Row, place: dict[str, int | str]) -> int:
    url = address(row.route, place)
    if row.method == "POST":
        return client.post(url, row.data or {}).status_code
    return client.generic(row.method, url).status_code


class TestTable:
    """One house for all rows; what a row's requests have changed in it is rolled back before the next."""

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} /{row.route}")
    def test_every_role_gets_what_the_table_says(self, row: Row, house: House) -> None:
        got = []
        for role in ("company", *ROLES):
            got.append(ask(house.client(role), row, house.place))
            # What the role before did, the next one finds undone.
            Message.objects.filter(pk=house.place["message_id"]).update(delivery_state="queued")
            InboundPayload.objects.filter(pk=house.place["payload_id"]).update(state="held")
        wanted = zip(("company", *ROLES), (company(row), *row.answers), strict=True)
        assert dict(zip(("company", *ROLES), got, strict=True)) == dict(wanted)


def company(row: Row) -> int:
    """What other departments get: they see customers, and nothing else of what needs a sign-in."""
    public, light, *_rest = row.answers
    return COMPANY.get((row.method, row.route), 403 if public == LOGIN else light)


def test_nothing_is_open_to_other_departments_that_is_no_address() -> None:
    known = {(row.method, row.route) for row in TABLE}
    assert COMPANY.keys() <= known


class TestPrivateTeam:
    @pytest.mark.parametrize("row", [row for row in TABLE if row.private], ids=lambda row: f"{row.method} /{row.route}")
    def test_its_ticket_does_not_exist_for_others(self, row: Row, private_house: House) -> None:
        for role, expected in (("agent", row.private), ("light", row.private)):
            assert ask(private_house.client(role), row, private_house.place) == expected, role

    def test_a_member_sees_its_ticket(self, private_house: House) -> None:
        member = staff("hedy@onethread.test", "Hedy Lamarr", Role.AGENT)
        member.teams.add(Team.objects.get(name="Legal"))
        client = Client()
        client.force_login(member)
        assert client.get(address(TICKET, private_house.place)).status_code == OK


def test_an_upload_is_its_uploaders_until_it_is_sent(grace: User, linus: User) -> None:
    file = upload(grace, "plan.txt", b"secret")
    client = Client()
    client.force_login(linus)
    assert client.get(f"/agent/attachments/{file.pk}/plan.txt").status_code == 404
    assert client.delete(f"/agent/attachments/{file.pk}/").status_code == 404
    client.force_login(grace)
    assert client.get(f"/agent/attachments/{file.pk}/plan.txt").status_code == OK
    assert client.delete(f"/agent/attachments/{file.pk}/").status_code == 204
    assert not Attachment.objects.exists()


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        else:
            yield here


def test_the_table_has_a_row_for_every_address() -> None:
    known = {row.route for row in TABLE}
    missing = [
        route
        for route in routes(get_resolver().url_patterns)
        if route not in known and not route.lstrip("^").startswith(ELSEWHERE)
    ]
    assert not missing, f"addresses without a row in TABLE: {missing}"
