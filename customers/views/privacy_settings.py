"""Settings: how long things are kept, and the log of what was done for privacy's sake. Admins only."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.actors import Actor
from customers.errors import Refused
from customers.models import PrivacyEntry, RetentionRule
from customers.retention import LONGEST, MOST_COUNTED, Kind, count_old, kind_named, kinds, set_days
from customers.views.support import StaffRequest, require, staff_only, wants_fragment
from helpdesk.accounts.policies import may_manage

PER_PAGE = 50


def _admin(request: StaffRequest) -> None:
    require(may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def retention(request: StaffRequest) -> HttpResponse:
    _admin(request)
    return _show(request)


def _show(request: StaffRequest, *, wrong: str = "", reason: str = "", typed: str = "") -> HttpResponse:
    known = {rule.kind: rule for rule in RetentionRule.objects.all()}
    rows = [(kind, known.get(kind.key)) for kind in kinds()]
    context = {"rows": rows, "wrong": wrong, "reason": reason, "typed": typed, "active": "settings"}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if reason else HTTPStatus.OK
    return render(request, "customers/privacy/retention.html", context, status=status)


@require_POST
@staff_only
def days(request: StaffRequest, retention_kind: str) -> HttpResponse:
    """Keep this kind for so many days; nothing typed is for ever. "Count" asks what would go, and changes nothing."""
    _admin(request)
    found = _kind(retention_kind)
    typed = request.POST.get("days", "").strip()
    try:
        number = _number(typed)
        if "count" in request.POST:
            return _counted(request, found, number)
        set_days(found, number, actor=Actor.agent(request.user), now=timezone.now())
    except Refused as refusal:
        return _show(request, wrong=retention_kind, reason=str(refusal), typed=typed)
    messages.success(request, _("Saved. What is too old goes in the next minutes, a piece at a time."))
    return redirect("settings-privacy")


def _number(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 9 or not 1 <= int(typed) <= LONGEST:
        raise Refused(_("A number of days between 1 and %(most)s.") % {"most": LONGEST})
    return int(typed)


def _counted(request: StaffRequest, kind: Kind, number: int | None) -> HttpResponse:
    if number is None:
        text = _("Nothing goes: it is kept for ever.")
    else:
        count = count_old(kind, number, now=timezone.now())
        least = "≥ " if count >= MOST_COUNTED else ""
        words = ngettext("%(count)s would go now.", "%(count)s would go now.", count)
        text = words % {"count": f"{least}{count}"}
    if wants_fragment(request):
        return HttpResponse(text)
    messages.info(request, f"{kind.title}: {text}")
    return redirect("settings-privacy")


def _kind(key: str) -> Kind:
    found = kind_named(key)
    if found is None:
        raise Http404
    return found


@require_GET
@staff_only
def log(request: StaffRequest) -> HttpResponse:
    _admin(request)
    page = Paginator(PrivacyEntry.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "customers/privacy/log.html", {"page": page, "active": "settings"})
