"""Every page under axe-core, in light and dark, wide and on a phone: no violation of WCAG 2.2 A and AA."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from channels_app.models import Delivery, InboundPayload
from customers.actors import Actor
from customers.field_upkeep import create_field
from customers.models import Customer, CustomField, DuplicateSuggestion, Organisation
from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import Calendar, Role, Team, User
from helpdesk.embedded import BASE_DIR
from helpdesk.integrations.models import SlackWorkspace, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks.endpoints import create_endpoint
from knowledge_base.models import HelpCentre
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft
from metrics.goals.looking import judge_the_past, look_at
from metrics.models import Goal
from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.automation.macro_upkeep import create_macro
from tickets.automation.rules import create_rule
from tickets.chat.keys import create_key
from tickets.models import (
    ChatBlock,
    ChatWidget,
    ContactForm,
    Draft,
    Excerpt,
    Inbox,
    Macro,
    Message,
    PublicCase,
    ReplyProposal,
    SavedView,
    SlaPolicy,
    SlaTarget,
    SurveyInvitation,
    Ticket,
    Topic,
)
from tickets.services import add_note, add_reply, change_priority, set_tags
from tickets.sla.policies import create_policy
from tickets.surveys.links import token_of
from tickets.surveys.upkeep import create_survey

AXE = BASE_DIR / "static" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
URGENT = {"field": "priority", "operator": "is", "value": "urgent"}
COLOURS = ["color-contrast", "link-in-text-block"]  # all that the scheme can change
PUBLIC = ["/", "/contact/", "/accounts/login/", "/accounts/password/reset/", "/widget/demo/", "/no-such-page/"]
MISSING = ("/no-such-page/", "/agent/tickets/999999/")
STAFF = [
    "/agent/?view=all",
    "/agent/?view=solved",
    "/agent/?view=all&layout=table&group=status",
    '/agent/?view=all&filter={{"all":[{{"field":"priority","operator":"is","value":"urgent"}}]}}',
    "/agent/views/",
    "/agent/views/new/?view=all",
    "/agent/views/import/",
    "/agent/views/{view}/",
    "/agent/macros/",
    "/agent/macros/new/",
    "/agent/macros/import/",
    "/agent/chats/",
    "/agent/chats/floor/",
    "/agent/calls/",
    "/agent/calls/new/",
    "/agent/calls/callbacks/",
    "/agent/calls/phone/",
    "/settings/calls/",
    "/settings/calls/new/",
    "/agent/tickets/{ticket}/",
    "/agent/tickets/{ticket}/macros/",
    "/agent/tickets/{ticket}/public/",
    "/agent/tickets/{ticket}/articles/",
    "/agent/tickets/{ticket}/articles/new/",
    "/knowledge/",
    "/knowledge/?show=review&q=unicorn",
    "/knowledge/new/",
    "/knowledge/translations/",
    "/knowledge/sections/",
    "/knowledge/sections/{help_section}/",
    "/knowledge/categories/{help_category}/",
    "/knowledge/articles/{article}/en/",
    "/knowledge/articles/{article}/de/?beside=source",
    "/knowledge/articles/{article}/en/state/",
    "/knowledge/articles/{article}/en/history/",
    "/knowledge/articles/{article}/en/versions/2/",
    "/knowledge/articles/{article}/archive/",
    "/knowledge/blocks/",
    "/knowledge/synonyms/",
    "/knowledge/blocks/new/",
    "/settings/help-centre/",
    "/settings/help-centre/{centre}/",
    "/knowledge/gaps/",
    "/knowledge/import/",
    "/knowledge/links/",
    "/knowledge/numbers/",
    "/reports/tickets/{ticket}/",
    "/reports/tickets/?measure=opened",
    "/reports/definitions/",
    "/reports/explore/?m=opened&m=first_reply&by=day&shown=line",
    "/reports/explore/?m=opened&by=weekday&by=hour&shown=heat",
    "/reports/",
    "/reports/?from=nonsense",
    "/reports/channels/",
    "/reports/teams/?clock=working",
    "/reports/sla/",
    "/reports/backlog/",
    "/reports/customers/",
    "/reports/knowledge/",
    "/reports/chat/",
    "/reports/phone/",
    "/reports/automation/",
    "/reports/saved/new/?report=sla",
    "/styleguide/charts/",
    "/reports/live/",
    "/reports/me/",
    "/reports/goals/",
    "/reports/goals/new/",
    "/reports/goals/{goal}/",
    "/reports/voice/",
    "/agent/tickets/{ticket}/sla/",
    "/agent/tickets/{ticket}/sla/{target}/",
    "/reports/csat/",
    "/settings/surveys/",
    "/settings/surveys/new/",
    "/settings/surveys/{survey}/",
    "/survey/{survey_token}/?v=2",
    "/settings/sla/",
    "/settings/sla/new/",
    "/settings/sla/import/",
    "/settings/sla/{policy}/",
    "/agent/tickets/999999/",
    "/agent/search/",
    "/agent/search/?q=engine",
    "/agent/search/?q=unicorn",
    "/agent/search/?q=status:bogus",
    "/agent/new/",
    "/agent/drafts/",
    "/agent/profile/",
    "/agent/profile/keys/",
    "/agent/notifications/",
    "/agent/profile/notifications/",
    "/agent/outbox/",
    "/agent/outbox/messages/",
    "/agent/outbox/{delivery}/",
    "/agent/intake/",
    "/agent/intake/{payload}/",
    "/customers/{customer}/",
    "/customers/duplicates/",
    "/customers/{customer}/merge/?q=a",
    "/customers/{customer}/merge/?other={twin}",
    "/customers/feedback/",
    "/customers/feedback/{topic}/",
    "/customers/feedback/{topic}/telling/",
    "/customers/feedback/share/?customer={customer}",
    "/customers/{customer}/orders/",
    "/customers/import/",
    "/settings/tokens/",
    "/settings/account-actions/",
    "/settings/account-actions/new/",
    "/agent/of-customer/{customer}/timeline/",
    "/agent/of-customer/{customer}/timeline/?kinds=notes&find=engine",
    "/customers/",
    "/customers/?q=ada",
    "/customers/?filter=nonsense",
    "/customers/segments/",
    "/customers/segments/new/",
    "/customers/organisations/",
    "/customers/organisations/new/",
    "/customers/organisations/{organisation}/",
    "/settings/",
    "/settings/staff/",
    "/settings/staff/{user}/",
    "/settings/teams/",
    "/settings/teams/{team}/",
    "/settings/routing/",
    "/settings/routing/teams/{team}/",
    "/settings/routing/people/{user}/",
    "/settings/calendars/",
    "/settings/calendars/new/",
    "/settings/calendars/{calendar}/",
    "/settings/contact-forms/",
    "/settings/contact-forms/new/",
    "/settings/contact-forms/{form}/",
    "/settings/contact-forms/{form}/questions/new/",
    "/settings/contact-forms/{form}/questions/order/",
    "/knowledge/feedback/",
    "/knowledge/comments/",
    "/settings/chat/",
    "/settings/chat/new/",
    "/settings/chat/{widget}/",
    "/settings/chat/{widget}/install/",
    "/settings/chat/{widget}/questions/order/",
    "/settings/chat/blocked/",
    "/settings/inboxes/",
    "/settings/inboxes/{inbox}/",
    "/settings/mailboxes/",
    "/settings/mailboxes/new/",
    "/styleguide/",
    "/settings/triggers/",
    "/settings/triggers/new/",
    "/settings/triggers/{rule}/",
    "/settings/triggers/import/",
    "/settings/automations/",
    "/settings/automations/new/",
    "/settings/automations/{automation}/",
    "/settings/macros/",
    "/agent/macros/{macro}/",
    "/settings/webhooks/",
    "/settings/webhooks/new/",
    "/settings/webhooks/{endpoint}/",
    "/settings/webhooks/{endpoint}/edit/",
    "/settings/webhooks/deliveries/{told}/",
    "/settings/slack/",
    "/settings/privacy/",
    "/settings/privacy/log/",
    "/customers/{customer}/erasure/",
    "/customers/{customer}/edit/",
    "/customers/new/",
    "/settings/customer-fields/",
    "/settings/customer-fields/new/",
    "/settings/customer-fields/{field}/",
    "/agent/messages/{message}/redactions/?cards=1",
    "/agent/rules/{rule}/",
    "/agent/tickets/{ticket}/rules/",
    "/accounts/password/change/",
    "/accounts/logout/",
]


def connect(admin: User) -> None:
    """A webhook that could not be told of something, and a Slack workspace: nobody is called."""
    endpoint = create_endpoint(admin, name="Warehouse", url="https://warehouse.example/hook", kinds=["status.changed"])
    told = WebhookDelivery.objects.create(
        endpoint=endpoint, message_id="msg_1", kind="status.changed", body='{"type": "status.changed"}',
        state="failed", attempt_count=1, give_up_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip
    WebhookAttempt.objects.create(
        delivery=told, number=1, started_at=timezone.now(), duration_ms=180, request_headers={"webhook-id": "msg_1"},
        status=503, response_headers={"content-type": "text/plain"}, response_body="Closed for stocktaking",
    )  # fmt: skip
    SlackWorkspace.objects.create(team_id="T1", team_name="Engines", bot_user_id="U1")


def _ask_for_something(ticket: Ticket) -> Customer:
    """The customer is on the feedback board, and may be the same person as the one that is returned."""
    topic = Topic.objects.create(title="Quieter engines", tags=["noise"], status="planned")
    Excerpt.objects.create(topic=topic, customer=ticket.requester, words="It rattles.", shared_by=ticket.assignee)
    twin = Customer.objects.create(name="Ada L.", tags=["poet"])
    DuplicateSuggestion.objects.create(
        first=ticket.requester, second=twin, score=90, reasons=[{"kind": "phone", "value": "+4930123456"}]
    )
    return twin


def _goal(by: User) -> int:
    goal = Goal.objects.create(measure="solved", target=5, created_by=by)
    goal.people.add(by)
    judge_the_past(goal, now=timezone.now())
    look_at(goal, now=timezone.now())
    return goal.pk


def _ask_by_survey(ticket: Ticket) -> SurveyInvitation:
    reasons = [{"code": "slow", "texts": {"en": "It took too long"}}]
    survey = create_survey(None, "How was it?", kind="csat", scale=5, reasons=reasons)
    now = timezone.now()
    return SurveyInvitation.objects.create(
        survey=survey, ticket=ticket, customer=ticket.requester, moment="solved", state="sent", sent_at=now
    )


def _say_in_public(ticket: Ticket, by: User) -> None:
    """A post to be sorted that may become a quarrel, and an answer that waits for approval."""
    signs = [{"kind": "upset", "words": ["unacceptable"]}]
    PublicCase.objects.create(ticket=ticket, flagged_at=timezone.now(), signs=signs)
    ReplyProposal.objects.create(
        ticket=ticket, author=by, html="<p>Sorry.</p>", route="c1", reasons=[{"kind": "setting"}]
    )


def write_articles(author: User) -> dict[str, int]:
    """An article in two versions, with a translation of the first."""
    centre = HelpCentre.objects.create(name="Engines", languages=["en", "de"])
    category = centre.categories.create(texts={"en": {"name": "Engines"}})
    section = category.sections.create(texts={"en": {"name": "Repairs"}})
    english = create_article(section, "en", by=author, title="It rattles", body="<h2>Oil</h2><p>Oil the cogs.</p>")
    publish(english, by=author)
    german = begin_translation(english.article, "de", by=author)
    german = save_draft(german, version=0, title="Es klappert", summary="", body="<p>Öle sie.</p>", by=author)
    publish(german, by=author)
    english.refresh_from_db()
    words = {"title": "It rattles", "summary": "What to do.", "body": "<h2>Oil</h2><p>Oil the <b>big</b> cogs.</p>"}
    publish(save_draft(english, version=english.version, by=author, **words), by=author)
    return {
        "article": english.article_id,
        "help_section": section.pk,
        "help_category": category.pk,
        "centre": centre.pk,
    }


@pytest.fixture
def lived_in(live_stack: LiveStack) -> dict[str, int | str]:
    """A ticket with a mail, a note and a reply; the ids that stand in the addresses. Radia is the admin."""
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles when it multiplies."))
    ticket = the_ticket(live_stack)
    with live_stack.orm():
        actor = Actor.agent(house.grace)
        promise = {"priority": "urgent", "metric": "first_reply_time", "target": 3600, "business_hours": True}
        create_policy(None, "Standard", targets=[promise])
        change_priority(ticket, "urgent", actor=actor)
        set_tags(ticket, ["gear", "vip"], actor=actor)
        SavedView.objects.create(title="Urgent", conditions={"all": [{"any": [URGENT]}]}, layout="table")
        add_note(ticket, "<p>Third gear again.</p>", actor=actor)
        add_reply(ticket, "<p>We look into it.</p>", actor=actor)
        Organisation.objects.create(name="Analytical Engines", domains=["example.org"], shares_tickets=True)
        radia = User.objects.create_user("radia@onethread.test", "demo", name="Radia Perlman", role=Role.ADMIN)
        Draft.objects.create(ticket=ticket, user=radia, mode="note", html="<p>To be looked up.</p>")
        create_field({"of": "customer", "kind": "dropdown", "title": "Plan", "options": ["Free", "Team"]})
        first = {
            "ticket": Ticket,
            "customer": Customer,
            "field": CustomField,
            "organisation": Organisation,
            "team": Team,
            "inbox": Inbox,
            "form": ContactForm,
            "widget": ChatWidget,
        }
        question = {"key": "order", "kind": "text", "texts": {"en": {"label": "Order"}}}
        ContactForm.objects.create(slug="orders", inbox=house.support, fields=[question])
        widget = ChatWidget.objects.create(name="Shop", inbox=house.support, languages=["en", "he"], fields=[question])
        create_key(widget, "HS256")
        ChatBlock.objects.create(by="visitor", value="1", shown="#A1B2", reason="Pills", made_by=radia)
        create_calendar("Depot", time_zone="Europe/Berlin", week=[(1980, 2460)], holiday_country="DE")
        raise_ = create_rule(
            "trigger", radia, "Raise", conditions={"any": [URGENT]}, actions=[{"field": "status", "value": "open"}]
        )
        idle = {"all": [{"field": "PENDING", "operator": "greater_than", "value": 48}]}
        remind = create_rule(
            "automation", radia, "Remind", conditions=idle, actions=[{"field": "set_tags", "value": "reminded"}]
        )
        create_macro(radia, "Refund", shortcut="ref", actions=[{"field": "status", "value": "pending"}])
        connect(radia)
        set_tags(ticket, ["gear", "vip", "old"], actor=actor)  # the rule looks at it
        twin = _ask_for_something(ticket)
        _say_in_public(ticket, house.grace)
        first |= {
            "topic": Topic,
            "macro": Macro,
            "endpoint": WebhookEndpoint,
            "told": WebhookDelivery,
            "calendar": Calendar,
            "message": Message,
            "payload": InboundPayload,
            "delivery": Delivery,
            "view": SavedView,
            "policy": SlaPolicy,
            "target": SlaTarget,
        }
        ids = {name: int(model._default_manager.values_list("pk", flat=True)[0]) for name, model in first.items()}
        ids |= {"goal": _goal(radia), "customer": ticket.requester_id, "twin": twin.pk, **write_articles(radia)}
        asked = _ask_by_survey(ticket)
        told: dict[str, int | str] = {"survey": asked.survey_id, "survey_token": token_of(asked)}
        return told | ids | {"user": radia.pk, "rule": raise_.pk, "automation": remind.pk}


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "runOnly => axe.run({ runOnly, resultTypes: ['violations'] }).then(result => result.violations)", rules
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def visit(page: Page, url: str) -> None:
    """Open a page and wait for what it fetches by itself. It is there, unless it is one of those that are not."""
    answer = page.goto(url)
    assert answer and (answer.status != 404 or url.endswith(MISSING)), url
    fetched = page.locator("[hx-trigger=load]:not([hx-swap=innerHTML]), .htmx-request")
    expect(fetched).to_have_count(0, timeout=30_000)


def in_both_schemes(page: Page, url: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    visit(page, url)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {broken}" for broken in violations(page, COLOURS)]


def test_pages_have_no_violations(page: Page, live_stack: LiveStack, lived_in: dict[str, int | str]) -> None:
    page.emulate_media(reduced_motion="reduce")
    found = {path: in_both_schemes(page, live_stack.url + path) for path in PUBLIC}
    with live_stack.orm():
        radia = User.objects.get(pk=lived_in["user"])
    sign_in(page, live_stack, radia)
    for path in STAFF:
        found[path] = in_both_schemes(page, live_stack.url + path.format(**lived_in))
    assert not {path: broken for path, broken in found.items() if broken}


def test_a_phone_and_what_opens_over_a_page(page: Page, live_stack: LiveStack, lived_in: dict[str, int | str]) -> None:
    with live_stack.orm():
        sign_in(page, live_stack, User.objects.get(pk=lived_in["user"]))
    page.emulate_media(reduced_motion="reduce")
    ticket = f"{live_stack.url}/agent/tickets/{lived_in['ticket']}/"
    visit(page, ticket)
    page.locator("[popovertarget=pick-assignee]").click()
    assert not violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()
    assert not violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/agent/?view=all", f"/agent/tickets/{lived_in['ticket']}/", "/settings/staff/"):
        visit(page, live_stack.url + path)
        assert not violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
