"""A conversation that we begin by a messenger: to a number, in own words or by a template."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from channels_app.messaging.routes import route_by, route_from, starting_accounts
from channels_app.messaging.template_fields import Offered, offered
from channels_app.models import Conversation, ProviderAccount
from channels_app.registry import adapter_of, channel_of
from customers.actors import Actor
from customers.errors import Refused as RefusedPerson
from customers.identify import identify
from customers.models import Identity, ProvedBy
from helpdesk.lib.typed import whole_number
from tickets import policies, services
from tickets.forms import assignable_users, template_of, text_as_html
from tickets.models import Ticket
from tickets.routes import Route
from tickets.views.new import opened_before
from tickets.views.support import StaffRequest, require, staff_only


class NewMessageForm(forms.Form):
    number = forms.CharField(
        label=_lazy("Customer’s number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "placeholder": "+44 20 7946 0018"}),
    )
    name = forms.CharField(
        label=_lazy("Customer’s name"),
        required=False,
        max_length=200,
        help_text=_lazy("Used when we don’t know them yet."),
    )
    subject = forms.CharField(
        label=_lazy("Subject"), max_length=300, help_text=_lazy("For us; the customer does not see it.")
    )
    body = forms.CharField(
        label=_lazy("Message"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    assignee = forms.ModelChoiceField(
        assignable_users(), label=_lazy("Assignee"), required=False, empty_label=_lazy("Nobody yet")
    )
    template = forms.CharField(required=False, widget=forms.HiddenInput)
    submit_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "POST"])
@staff_only
def new_message(request: StaffRequest) -> HttpResponse:
    require(policies.may_reply(request.user))
    accounts = starting_accounts()
    wanted = whole_number(request.GET.get("account", ""))
    account = next((each for each in accounts if each.pk == wanted or wanted is None), None)
    if account is None:
        raise Http404
    known = {name: request.GET.get(name, "") for name in ("number", "name")}
    form = NewMessageForm(request.POST or None, initial={"submit_key": uuid4(), **known})
    form.fields["body"].required = adapter_of(account.kind).capabilities.window is None
    if request.method == "POST" and form.is_valid():
        if done := opened_before(request, form.cleaned_data["submit_key"]):
            return redirect("ticket", number=done.pk)
        try:
            return redirect("ticket", number=_open(request, account, form).pk)
        except (services.Refused, RefusedPerson) as refusal:
            form.add_error(_place(refusal), str(refusal))
    status = 422 if request.method == "POST" else 200
    return render(request, "channels/new_message.html", _context(request, account, accounts, form), status=status)


@transaction.atomic
def _open(request: StaffRequest, account: ProviderAccount, form: NewMessageForm) -> Ticket:
    data, actor, adapter = form.cleaned_data, Actor.agent(request.user), adapter_of(account.kind)
    identity = identify(adapter.identity_kind, data["number"], name=data["name"], proved_by=ProvedBy.AGENT)
    route = _route(account, identity)
    ticket = services.open_ticket(
        identity.customer,
        data["subject"],
        inbox=account.inbox,
        channel=channel_of(account.kind),
        actor=actor,
        assignee=data["assignee"],
    )
    services.add_reply(
        ticket,
        text_as_html(str(data["body"])),
        actor=actor,
        route=route,
        template=template_of(request.POST, str(data["template"])),
        submit_key=data["submit_key"],
    )
    return ticket


def _route(account: ProviderAccount, identity: Identity) -> Route:
    """Raises `Refused` for somebody who talks with us there already."""
    here = Conversation.objects.select_related("account", "identity", "ticket").filter(account=account)
    known = here.filter(identity=identity).order_by("-pk").first()
    if known is None:
        return route_from(account, identity.value)
    if known.ticket and not known.ticket.is_closed:
        words = _("They talk with us on ticket #%(number)s already: answer there.")
        raise services.Refused(words % {"number": known.ticket_id}, field="number")
    return route_by(known)


def _place(refusal: services.Refused | RefusedPerson) -> str | None:
    field = getattr(refusal, "field", "")
    return {"value": "number", "number": "number", "body": "body"}.get(field)


def _context(
    request: StaffRequest, account: ProviderAccount, accounts: list[ProviderAccount], form: NewMessageForm
) -> dict[str, Any]:
    can = adapter_of(account.kind).capabilities
    templates = offered(account.pk) if can.has_templates else []
    named = request.POST.get("template") or request.GET.get("template", "")
    return {
        "form": form,
        "account": account,
        "accounts": [(each, channel_of(each.kind).label) for each in accounts],
        "needs_template": can.window is not None,
        "templates": templates,
        "offered": _chosen(templates, named),
        "chosen": named,
    }


def _chosen(templates: list[Offered], named: str) -> list[Offered]:
    return [each for each in templates if each.value == named]
