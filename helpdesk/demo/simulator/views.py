"""The simulator: be a customer with a phone, on every channel, by the very way that real messages come."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_app.models import Direction, ProviderAccount, ProviderKind, ProviderMessage
from helpdesk.demo.simulator.calls import ACTS as CALL_ACTS
from helpdesk.demo.simulator.calls import call_acted, call_shown
from helpdesk.demo.simulator.phones import PHONES, Phone
from helpdesk.demo.simulator.posting import post
from helpdesk.demo.stand_ins.base import HookCall
from tickets.models import Attachment
from tickets.views.support import StaffRequest, staff_only

SHOWN = 40
PEOPLE = {
    "twilio-sms": ("+491701234567", "Ada Lovelace"),
    "whatsapp": ("+491701234568", "Grace Murray"),
    "messenger": ("25000000000000001", "Karen Jones"),
    "instagram": ("17841499999999001", "hedy.lamarr"),
    "telegram": ("700100200", "Sophie Germain"),
    "x": ("900100200300", "Emmy Noether"),
    "generic": ("person-1", "Mary Somerville"),
    "twilio-voice": ("+491701234567", "Ada Lovelace"),
}
SCREENS = {ProviderKind.TWILIO_VOICE: "demo/_call.html"}  # else demo/_phone.html


class Act(forms.Form):
    """What the phone's owner does; `about` is a message's number at the provider."""

    key = forms.CharField(max_length=200)
    name = forms.CharField(max_length=100)
    act = forms.ChoiceField(
        choices=[
            (one, one)
            for one in (
                *("text", "post", "photo", "edit", "withdraw", "react", "delivered", "read", "failed"),
                *CALL_ACTS,
            )
        ]
    )
    words = forms.CharField(max_length=4000, required=False)
    about = forms.CharField(max_length=300, required=False)
    twice = forms.BooleanField(required=False)


@require_GET
@staff_only
def simulator(request: StaffRequest) -> HttpResponse:
    """Choose an account (`?account=`) and be one of its people (`?key=`, `?name=`)."""
    _only_in_demo()
    accounts = list(ProviderAccount.objects.filter(kind__in=PEOPLE))
    account = next((one for one in accounts if str(one.pk) == request.GET.get("account")), None) or next(
        iter(accounts), None
    )
    context: dict[str, object] = {"active": "settings", "accounts": accounts, "account": account}
    if account:
        key, name = PEOPLE[account.kind]
        key, name = request.GET.get("key") or key, request.GET.get("name") or name
        context |= {"key": key, "name": name, "screen": _screen_of(account), **_shown(account, key)}
    return render(request, "demo/simulator.html", context)


@require_GET
@staff_only
def screen(request: StaffRequest, account_id: int) -> HttpResponse:
    """What the phone shows now."""
    _only_in_demo()
    account = get_object_or_404(ProviderAccount, pk=account_id, kind__in=PEOPLE)
    key = request.GET.get("key", "")
    context = {"account": account, "key": key, "name": request.GET.get("name", ""), **_shown(account, key)}
    return render(request, _screen_of(account), context)


@require_POST
@staff_only
def act(request: StaffRequest, account_id: int) -> HttpResponse:
    _only_in_demo()
    account = get_object_or_404(ProviderAccount, pk=account_id, kind__in=PEOPLE)
    form = Act(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    data = form.cleaned_data
    if account.kind == ProviderKind.TWILIO_VOICE:
        call_acted(account, data["act"], data["key"], data["about"])
        return _again(account, data)
    call = _call_of(PHONES[account.kind](account, data["key"], data["name"]), data)
    answers = [post(account, call)[0] for _again in range(2 if data["twice"] else 1)]
    if any(answer != HTTPStatus.OK for answer in answers):
        messages.error(request, _("Our hook answered %(status)s.") % {"status": answers[0]})
    return _again(account, data)


def _again(account: ProviderAccount, data: dict[str, str]) -> HttpResponse:
    asked = urlencode({"account": str(account.pk), "key": data["key"], "name": data["name"]})
    return redirect(f"{reverse('simulator')}?{asked}")


def _screen_of(account: ProviderAccount) -> str:
    return SCREENS.get(ProviderKind(account.kind), "demo/_phone.html")


def _call_of(phone: Phone, data: dict[str, str]) -> HookCall:
    match data["act"]:
        case "text":
            return phone.text(data["words"] or "Hello!")
        case "post":
            return phone.post(data["words"] or "Hello!")
        case "photo":
            return phone.photo()
        case "edit":
            return phone.edit(data["about"], data["words"] or "Hello again!")
        case "withdraw":
            return phone.withdraw(data["about"])
        case "react":
            return phone.react(data["about"], data["words"] or "👍")
    part = get_object_or_404(ProviderMessage, account=phone.account, external_id=data["about"])
    return phone.status(part, data["act"])


def _shown(account: ProviderAccount, key: str) -> dict[str, object]:
    if account.kind == ProviderKind.TWILIO_VOICE:
        return call_shown(account, key)
    theirs = Q(conversation__thread_key__in=_keys(key)) | Q(conversation__thread_key__endswith=f":{key}")
    rows = ProviderMessage.objects.filter(theirs, account=account)
    arrived = rows.exclude(direction=Direction.UNKNOWN).exclude(direction=Direction.OUT, external_id="")
    shown = arrived.select_related("message", "conversation").order_by("-pk")[:SHOWN]
    phone = PHONES[account.kind]
    said = [Shown(part) for part in reversed(shown)]
    return {"said": said, "acts": phone.acts, "states": phone.states}


@dataclass(frozen=True)
class Shown:
    """One message on the phone's screen."""

    part: ProviderMessage

    @property
    def words(self) -> str:
        """Of what we sent, the words of this very part."""
        if self.part.withdrawn_at:
            return _("Deleted")
        return self.part.message.text if self.part.message and not self.part.number else ""

    @property
    def files(self) -> list[Attachment]:
        """All of their message; of ours, which follow its words as messages of their own, the one of this part."""
        part, message = self.part, self.part.message
        files = list(message.attachments.order_by("pk")) if message else []
        if message is None or part.direction == Direction.IN:
            return files
        words = message.parts.filter(direction=Direction.OUT).count() - len(files)
        at = part.number - words
        return files if words < 0 else files[at : at + 1] if at >= 0 else []

    @property
    def reactions(self) -> str:
        return "".join(each["emoji"] for each in self.part.reactions.values())


def _keys(key: str) -> list[str]:
    """WhatsApp leaves out the plus of numbers."""
    return [key, key.removeprefix("+")]


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404
