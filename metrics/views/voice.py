"""What customers talk about: the terms that rise, the tickets behind one, and what people decide of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.errors import Refused
from helpdesk.lib.handover import hand_over
from metrics.models import TermKind, VoiceTerm
from metrics.tasks import count_words
from metrics.voice import deciding, running
from metrics.voice.showing import KINDS, Shown, quoted, shown, shown_term
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only

FRAME = {"active": "reports", "name": "voice", "query": ""}


@require_GET
@staff_only
def voice(request: StaffRequest) -> HttpResponse:
    """`?kind=` word, pair or tag; `?hidden=1` what somebody found not interesting."""
    require(policies.may_see_reports(request.user))
    run, kind = running.newest(), request.GET.get("kind", "")
    kind, hidden = kind if kind in KINDS else "", request.GET.get("hidden") == "1"
    context = {
        "run": run,
        "running": running.under_way(),
        "terms": shown(run, request.user, kind=kind, hidden=hidden) if run else [],
        "kind": kind,
        "kinds": [("", _("All")), *TermKind.choices],
        "hidden": hidden,
    }
    return render(request, "metrics/voice/list.html", context | FRAME)


@require_GET
@staff_only
def voice_term(request: StaffRequest, term_id: int) -> HttpResponse:
    require(policies.may_see_reports(request.user))
    each = _term(request, term_id)
    context = {"each": each, "run": each.term.run, "quoted": quoted(each, each.term.run)}
    return render(request, "metrics/voice/term.html", context | FRAME)


@require_POST
@staff_only
def counts(request: StaffRequest) -> HttpResponse:
    """Count now: a worker does, within a minute of the largest house."""
    require(policies.may_see_reports(request.user))
    run = running.ask_for_run(by=request.user, now=timezone.now())
    hand_over(count_words, run.pk)
    messages.success(request, _("It is being counted. Come back in a moment."))
    return redirect("voice")


@require_POST
@staff_only
def visibility(request: StaffRequest, term_id: int) -> HttpResponse:
    """`hidden` 1: not interesting, from now on; 0: shown again."""
    require(policies.may_see_reports(request.user))
    each = _term(request, term_id)
    if request.POST.get("hidden") == "0":
        deciding.show_again(each.term)
        messages.success(request, _("“%(term)s” is shown again.") % {"term": each.term})
    else:
        deciding.hide(each.term, by=request.user, now=timezone.now())
        messages.success(request, _("“%(term)s” will not be shown any more.") % {"term": each.term})
    return redirect("voice")


@require_POST
@staff_only
def topic(request: StaffRequest, term_id: int) -> HttpResponse:
    """One press: a topic on the feedback board, with what the customers said."""
    require(policies.may_see_reports(request.user) and policies.may_manage_feedback(request.user))
    each = _term(request, term_id)
    try:
        made, shared = deciding.put_on_board(each, each.term.run, by=request.user)
    except Refused:
        messages.error(
            request, _("Nothing was shared: no sentence about it is free of addresses, numbers and private teams.")
        )
        return redirect("voice-term", term_id)
    said = ngettext("%(n)s customer’s words were shared.", "The words of %(n)s customers were shared.", shared)
    messages.success(request, said % {"n": shared})
    return redirect("feedback-topic", made.pk)


def _term(request: StaffRequest, term_id: int) -> Shown:
    term = get_object_or_404(VoiceTerm.objects.select_related("run"), pk=term_id)
    each = shown_term(term, request.user)
    if each is None:
        raise Http404
    return each
