"""The editor of a trigger or automation, and what stands beside it: its sentence, and what is odd in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from tickets import revisions
from tickets.automation import planning, rules
from tickets.automation.comparing import history
from tickets.automation.lint import HINT, Finding, lint
from tickets.automation.one_ticket import try_on
from tickets.automation.sentences import sentence
from tickets.builder import LONGEST, LONGEST_ACTIONS, actions_data, as_dicts, conditions_data
from tickets.conditions import Invalid
from tickets.conditions.catalogue import fields_in
from tickets.models import Rule, Ticket
from tickets.rule_forms import RuleForm
from tickets.services.errors import Refused
from tickets.views.exchange import storable
from tickets.views.rules import REVISIONS_SHOWN, kind_context, managed, plural, rule_for
from tickets.views.support import StaffRequest


@require_http_methods(["GET", "POST"])
@managed
def new_rule(request: StaffRequest, kind: str) -> HttpResponseBase:
    return _edit(request, Rule(kind=kind))


@require_http_methods(["GET", "POST"])
@managed
def edit_rule(request: StaffRequest, kind: str, rule_id: int) -> HttpResponseBase:
    return _edit(request, rule_for(kind, rule_id))


@require_POST
@managed
def look(request: StaffRequest, kind: str) -> HttpResponse:
    """What the rule in the form says, and what is odd in it, for the builder to say at its place. Changes nothing."""
    conditions = read_json(request.POST.get("conditions", "")[:LONGEST], {})
    actions = read_json(request.POST.get("actions", "")[:LONGEST_ACTIONS], [])
    number = request.GET.get("rule", "")
    findings = odd_in(kind, conditions, actions, int(number) if number.isdecimal() and len(number) < 19 else None)
    said = sentence(kind, conditions, actions, fields_in(kind))
    shown = {"kind": kind, "sentence": said, "findings": findings, **_on_ticket(request, kind, conditions)}
    response = render(request, "settings/rules/_look.html", shown)
    response["HX-Trigger"] = json.dumps({"ot:findings": {"findings": [asdict(finding) for finding in findings]}})
    return response


def _on_ticket(request: StaffRequest, kind: str, conditions: Any) -> dict[str, Any]:
    """What the draft sees on the ticket whose number is written beside it, if one is."""
    written = request.POST.get("on_ticket", "").strip().removeprefix("#")
    number = whole_number(written)
    ticket = Ticket.objects.visible_to(request.user).with_people().filter(pk=number).first() if number else None
    if ticket is None:
        return {"no_ticket": bool(written)}
    try:
        return {"tried": try_on(ticket, kind, conditions, now=timezone.now())}
    except Invalid:  # the findings say what is wrong
        return {"unread": True}


def odd_in(kind: str, conditions: Any, actions: Any, rule_id: int | None) -> list[Finding]:
    """What lint finds; that nothing is done yet is no finding while somebody still writes."""
    listed = actions if isinstance(actions, list) else []
    found = lint(kind, conditions, listed, rule_id)
    return found if listed else [finding for finding in found if finding.path != "actions"]


def _edit(request: StaffRequest, rule: Rule) -> HttpResponseBase:
    form = RuleForm(request.POST or None, instance=rule)
    seen = request.POST.get("seen", revisions.version(rule) if rule.pk else "")
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, rule)
        except Refused as refused:
            form.add_error(None, str(refused))
            seen = refused.seen if isinstance(refused, revisions.ChangedMeanwhile) else seen
        else:
            _tell(request, saved)
            return redirect(rule.kind, rule_id=saved.pk)
    context = _context(request, form, rule) | {"seen": seen, "is_stale": seen != request.POST.get("seen", seen)}
    return render(request, "settings/rules/edit.html", context, status=422 if form.errors else 200)


def _tell(request: StaffRequest, saved: Rule) -> None:
    """That it is saved, and how much in it looks odd: the editor, which opens again, says what and where."""
    messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
    odd = [it for it in odd_in(saved.kind, saved.conditions, saved.actions, saved.pk) if it.level != HINT]
    if odd:
        words = ngettext("%(count)s thing in it looks odd.", "%(count)s things in it look odd.", len(odd))
        messages.warning(request, words % {"count": len(odd)})


def _save(request: StaffRequest, form: RuleForm, rule: Rule) -> Rule:
    values = form.values()
    if rule.pk:
        return rules.change_rule(rule, request.user, values, seen=request.POST.get("seen", ""))
    with transaction.atomic():
        created = rules.create_rule(rule.kind, request.user, values.pop("title"), **values)
        if form.cleaned_data.get("spares_existing"):
            planning.spare_existing(created)
    return created


def _context(request: StaffRequest, form: RuleForm, rule: Rule) -> dict[str, Any]:
    conditions, actions = form["conditions"].value() or "{}", form["actions"].value() or "[]"
    tree = read_json(conditions, {})
    stored = Rule.objects.filter(pk=rule.pk).first()  # the form has put what was sent into `rule`
    return kind_context(rule.kind) | {
        "form": form,
        "rule": stored or rule,
        "tree": conditions,
        "actions": actions,
        "conditions_data": conditions_data(tree, request.user, rule.kind),
        "actions_data": actions_data(request.user, rule.kind),
        "condition_problems": as_dicts(form.condition_problems),
        "action_problems": as_dicts(form.action_problems),
        "told": history(list(revisions.of(stored)[:REVISIONS_SHOWN]), fields_in(rule.kind)) if stored else [],
        **(_place(stored) if stored else {}),
        "list_url": f"settings-{plural(rule.kind)}",
    }


def _place(rule: Rule) -> dict[str, int]:
    """Which of how many that are switched on it is, in the order in which they run."""
    running = [pk for pk, active in rules.rules_of(rule.kind).values_list("pk", "is_active") if active]
    return {"place": running.index(rule.pk) + 1, "count": len(running)} if rule.pk in running else {}


def read_json(text: str, otherwise: Any) -> Any:
    try:
        return storable(json.loads(text)) if text else otherwise
    except (ValueError, RecursionError):
        return otherwise
