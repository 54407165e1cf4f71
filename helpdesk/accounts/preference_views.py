"""Preferences over HTTP: for scripts as JSON, and the page of keys, which works without any."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.accounts import keys
from helpdesk.accounts.models import User
from helpdesk.accounts.preferences import Invalid, change_preferences, preferences_of


@require_POST
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Some preferences as a JSON object: 200 with all of them, 422 with what is wrong."""
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return JsonResponse({"detail": _("Preferences are a JSON object.")}, status=HTTPStatus.BAD_REQUEST)
    try:
        return JsonResponse(change_preferences(cast(User, request.user), values))
    except Invalid as refusal:
        answer = {"detail": str(refusal), "problems": refusal.problems}
        return JsonResponse(answer, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "POST"])
@login_required
def keyboard(request: HttpRequest) -> HttpResponse:
    """All single keys, to be moved, switched off and put back."""
    user = cast(User, request.user)
    wrong: dict[str, str] = {}
    chosen = keys.effective(preferences_of(user)["keys"])
    single = preferences_of(user)["single_keys"]
    if request.method == "POST":
        single = "single_keys" in request.POST
        chosen = {id_: request.POST.get(f"key:{id_}", "").strip() for id_ in keys.COMMANDS}
        if "reset" in request.POST:
            chosen, single = keys.effective({}), True
        try:
            change_preferences(user, {"keys": chosen, "single_keys": single})
        except Invalid as refusal:
            wrong = {name.removeprefix("keys."): reason for name, reason in refusal.problems.items()}
        else:
            messages.success(request, _("Your keys are saved."))
            return redirect("keyboard")
    groups = {title: _rows(place, chosen, wrong) for place, title in _titles().items()}
    context = {"groups": groups, "wrong": wrong, "single": single, "active": "profile"}
    return render(request, "settings/keyboard.html", context, status=422 if wrong else 200)


def _titles() -> dict[keys.Place, str]:
    return {keys.Place.TICKET: _("Ticket"), keys.Place.LIST: _("List"), keys.Place.EVERYWHERE: _("Everywhere")}


def _rows(place: keys.Place, chosen: dict[str, str], wrong: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"command": command, "key": chosen[command.id], "error": wrong.get(command.id, ""), "at": at}
        for at, command in enumerate(keys.COMMANDS.values())
        if command.place == place
    ]
