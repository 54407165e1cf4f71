"""Macros of one's own and shared ones: the list, the editor, and what can be done to one."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.uploads import file_too_large
from tickets import attachments, policies, revisions
from tickets.automation import macro_upkeep, macros
from tickets.automation.comparing import history
from tickets.builder import as_dicts
from tickets.macro_forms import MacroForm, changes_data, placeholders
from tickets.models import Draft, Macro, Message, Ticket
from tickets.services.errors import Refused
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

REVISIONS_SHOWN = 50


@require_GET
@staff_only
def macro_list(request: StaffRequest) -> HttpResponse:
    """Own ones and those that are shared with the reader; `?q=` finds some, `?shelf=shared` leaves the own ones out."""
    name = "_list" if wants_fragment(request) else "list"
    return render(request, f"tickets/macros/{name}.html", list_context(request))


@require_http_methods(["GET", "POST"])
@staff_only
def new_macro(request: StaffRequest) -> HttpResponseBase:
    """Empty, or from words: `?message=` of a reply that was sent, `?ticket=&mode=` of what is being written."""
    macro = Macro(owner=request.user)
    source = _source(request)
    if source:
        html, ticket, macro.title = source
        macro.actions = macro_upkeep.made_from(html, ticket, request.user)
        macro.language = ticket.language
    return _edit(request, macro)


@require_http_methods(["GET", "POST"])
@staff_only
def edit_macro(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    macro = _macro(request, macro_id)
    require(policies.may_change_macro(request.user, macro), _not_yours())
    return _edit(request, macro)


@require_POST
@staff_only
def look(request: StaffRequest) -> HttpResponse:
    """What the macro in the form would write and change on a ticket, the newest one or `try_on`. Changes nothing."""
    form = MacroForm(request.POST, instance=Macro(owner=request.user), user=request.user)
    number = request.POST.get("try_on", "").strip(" #")
    tickets = Ticket.objects.visible_to(request.user).with_people().select_related("requester__organisation")
    if number.isdecimal() and len(number) < 19:
        tickets = tickets.filter(pk=int(number))
    context: dict[str, Any] = {"ticket": tickets.order_by("-pk").first(), "form": form}
    if form.is_valid() and context["ticket"]:
        macro = Macro(owner=request.user, title=form.cleaned_data["title"], language=form.cleaned_data["language"])
        macro.actions = form.values()["actions"]
        context["shown"] = macros.preview(macro, context["ticket"], user=request.user)
    return render(request, "tickets/macros/_look.html", context)


@require_POST
@staff_only
def copies(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    try:
        copy = macro_upkeep.copy_macro(_macro(request, macro_id), request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("macros")
    messages.success(request, _("Copied. This one is yours to change."))
    return redirect("macro", macro_id=copy.pk)


@require_POST
@staff_only
def activity(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    """`active=1` offers it again, anything else no longer."""
    macro = _changeable(request, macro_id)
    active = request.POST.get("active") == "1"
    change = _("Switched on") if active else _("Switched off")
    macro_upkeep.change_macro(macro, request.user, {"is_active": active}, change=change)
    return _list(request)


@require_POST
@staff_only
def position(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    """`place` in its folder counts from 0; `step` moves it by one (buttons, without scripts too)."""
    macro = _changeable(request, macro_id)
    place, step = request.POST.get("place", ""), request.POST.get("step", "")
    if place.isdecimal() and len(place) < 6:
        macro_upkeep.move_macro(macro, int(place))
    elif step in ("-1", "1"):
        ids = list(macro_upkeep.beside(macro).values_list("pk", flat=True))
        macro_upkeep.move_macro(macro, ids.index(macro.pk) + int(step))
    return _list(request)


@require_POST
@staff_only
def deletion(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    macro = _changeable(request, macro_id)
    macro_upkeep.delete_macro(macro, request.user)
    messages.success(request, _("“%(title)s” is deleted. It can be brought back from below.") % {"title": macro.title})
    return redirect("macros")


@require_POST
@staff_only
def restoration(request: StaffRequest, macro_id: int) -> HttpResponseBase:
    """What it was in revision `number`; a deleted one comes back."""
    macro = get_object_or_404(Macro.objects.meant_for(request.user), pk=macro_id)
    require(policies.may_change_macro(request.user, macro), _not_yours())
    number = request.POST.get("number", "")
    try:
        with transaction.atomic():
            Macro.objects.filter(pk=macro.pk).update(deleted_at=None)
            revisions.restore(macro, int(number) if number.isdecimal() and len(number) < 9 else 0, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("macros")
    messages.success(request, _("“%(title)s” is restored.") % {"title": macro.title})
    return redirect("macro", macro_id=macro.pk)


def list_context(request: StaffRequest) -> dict[str, Any]:
    user = request.user
    words = request.GET.get("q", "").replace("\0", "").strip()[:100].lower()
    uses = {offer.macro.pk: offer for offer in macros.usable(user, now=timezone.now())}
    every = Macro.objects.visible_to(user).select_related("team", "owner")
    found = [macro for macro in every if words in f"{macro.title} {macro.folder} {macro.shortcut}".lower()]
    broken = macro_upkeep.broken(found)
    shelves = []
    for title, members in _by_people(found):
        members.sort(key=lambda macro: (macro.folder.lower(), macro.position, macro.pk))
        rows = [
            (folder.replace("::", " › "), [(macro, uses.get(macro.pk), broken.get(macro.pk)) for macro in inside])
            for folder, inside in groupby(members, key=lambda macro: macro.folder)
        ]
        shelves.append((title, policies.may_change_macro(user, members[0]), rows))
    deleted = Macro.objects.meant_for(user).exclude(deleted_at=None).order_by("-deleted_at")[:20]
    return {
        "shelves": shelves,
        "q": request.GET.get("q", "")[:100],
        "total": len(every),
        "deleted": [macro for macro in deleted if policies.may_change_macro(user, macro)],
        "active": "macros",
    }


def _by_people(found: list[Macro]) -> list[tuple[str, list[Macro]]]:
    shelves: dict[str, list[Macro]] = {_("Yours"): [], _("For everyone"): []}
    for macro in found:
        title = _("Yours") if macro.owner_id else _("For everyone")
        if macro.team:
            title = _("Team %(team)s") % {"team": macro.team}
        shelves.setdefault(title, []).append(macro)
    return [(title, members) for title, members in shelves.items() if members]


def _edit(request: StaffRequest, macro: Macro) -> HttpResponseBase:
    form = MacroForm(request.POST or None, instance=macro, user=request.user)
    stored = Macro.objects.filter(pk=macro.pk).first()  # the form puts what was sent into `macro`
    seen = request.POST.get("seen", revisions.version(macro) if macro.pk else "")
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, stored)
        except Refused as refused:
            form.add_error(None, str(refused))
            seen = refused.seen if isinstance(refused, revisions.ChangedMeanwhile) else seen
        else:
            messages.success(request, _("The macro “%(title)s” is saved.") % {"title": saved.title})
            return redirect("macros")
    context = {
        "form": form,
        "macro": stored or macro,
        "seen": seen,
        "is_stale": seen != request.POST.get("seen", seen),
        "changes": form["actions"].value() or "[]",
        "changes_data": changes_data(request.user),
        "action_problems": as_dicts(form.action_problems),
        "placeholders": placeholders(),
        "files": stored.attachments.all() if stored else _offered_files(request),
        "told": history(list(revisions.of(stored)[:REVISIONS_SHOWN]), {}) if stored else [],
        "active": "macros",
    }
    return render(request, "tickets/macros/edit.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _save(request: StaffRequest, form: MacroForm, stored: Macro | None) -> Macro:
    if reason := file_too_large(request):
        raise Refused(reason)
    values = form.values()
    if stored:
        saved = macro_upkeep.change_macro(stored, request.user, values, seen=request.POST.get("seen", ""))
        saved.attachments.remove(*saved.attachments.exclude(pk__in=form.cleaned_data["keep_files"]))
    else:
        saved = macro_upkeep.create_macro(request.user, values.pop("title"), **values)
        kept = [file for file in _offered_files(request) if file.pk in form.cleaned_data["keep_files"]]
        macro_upkeep.set_files(saved, kept, now=timezone.now())
    uploads = [attachments.upload(request.user, file.name or "", file) for file in request.FILES.getlist("files")]
    macro_upkeep.add_files(saved, uploads)
    return saved


def _source(request: StaffRequest) -> tuple[str, Ticket, str] | None:
    """Words, where they were written, and a title, of what a macro is to be made from."""
    visible = Ticket.objects.visible_to(request.user)
    message, number = request.GET.get("message", ""), request.GET.get("ticket", "")
    if message.isdecimal() and len(message) < 19:
        written = get_object_or_404(
            Message.objects.exclude(author_role="").select_related("ticket__requester"), pk=message, ticket__in=visible
        )
        return written.html, written.ticket, written.ticket.subject[:120]
    if number.isdecimal() and len(number) < 19:
        mode = "note" if request.GET.get("mode") == "note" else "reply"
        drafts = Draft.objects.filter(user=request.user, mode=mode).select_related("ticket__requester")
        draft = get_object_or_404(drafts, ticket=number, ticket__in=visible)
        return draft.html, draft.ticket, draft.ticket.subject[:120]
    return None


def _offered_files(request: StaffRequest) -> Any:
    """The files of the reply that a macro is made from."""
    message = request.GET.get("message", "")
    if not (message.isdecimal() and len(message) < 19):
        return []
    visible = Ticket.objects.visible_to(request.user)
    written = Message.objects.filter(pk=message, ticket__in=visible).exclude(author_role="").first()
    return written.attachments.filter(inline=False) if written else []


def _macro(request: StaffRequest, macro_id: int) -> Macro:
    return get_object_or_404(Macro.objects.visible_to(request.user).select_related("team", "owner"), pk=macro_id)


def _changeable(request: StaffRequest, macro_id: int) -> Macro:
    macro = _macro(request, macro_id)
    require(policies.may_change_macro(request.user, macro), _not_yours())
    return macro


def _not_yours() -> str:
    return _("Only team leads and admins change shared macros. Copy it to make one of your own.")


def _list(request: StaffRequest) -> HttpResponseBase:
    if not wants_fragment(request):
        return redirect("macros")
    return render(request, "tickets/macros/_list.html", list_context(request))
