"""What Slack calls: events, buttons and commands, each signed.

Slack wants its answer within three seconds: whatever may take longer is stored, and done by a worker.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from slack_sdk.signature import SignatureVerifier

from helpdesk.integrations.models import SlackWorkspace
from helpdesk.integrations.slack import buttons, hearing, people
from helpdesk.lib.sealing import CannotOpen

LARGEST = 1024 * 1024  # bytes


@csrf_exempt
@require_POST
def events(request: HttpRequest, token: str) -> HttpResponse:
    workspace = _caller(request, token)
    if workspace is None:
        return HttpResponseForbidden()
    body = _object(request.body)
    if body is None:
        return HttpResponseBadRequest("no JSON object")
    if body.get("type") == "url_verification":
        return JsonResponse({"challenge": str(body.get("challenge") or "")})
    if body.get("type") == "event_callback" and (key := str(body.get("event_id") or "")):
        hearing.store(workspace, key, _storable(body))
    return HttpResponse()


@csrf_exempt
@require_POST
def interactivity(request: HttpRequest, token: str) -> HttpResponse:
    workspace = _caller(request, token)
    if workspace is None:
        return HttpResponseForbidden()
    payload = _object(request.POST.get("payload", "").encode())
    if payload is None:
        return HttpResponseBadRequest("no JSON object in payload")
    if payload.get("type") == "block_actions":  # whoever pressed may have to be asked of Slack, which takes its time
        hearing.store(workspace, _key_of("press", payload, request.body), _storable(payload))
    return HttpResponse()


@csrf_exempt
@require_POST
def commands(request: HttpRequest, token: str) -> HttpResponse:
    workspace = _caller(request, token)
    if workspace is None:
        return HttpResponseForbidden()
    who, text = request.POST.get("user_id", ""), request.POST.get("text", "")
    if not who or people.is_known(workspace, who):
        return JsonResponse(buttons.command(workspace, who, text))
    asked = request.POST.dict() | {"type": "slash_command"}
    hearing.store(workspace, _key_of("command", asked, request.body), _storable(asked))
    return JsonResponse({"response_type": "ephemeral", "text": _("One moment …")})


def _key_of(what: str, asked: dict[str, Any], body: bytes) -> str:
    """Slack's own number of it where there is one."""
    return f"{what}-{asked.get('trigger_id') or hashlib.sha256(body).hexdigest()}"


def _caller(request: HttpRequest, token: str) -> SlackWorkspace | None:
    """The workspace that signed this request; None for everybody else."""
    workspace = SlackWorkspace.objects.filter(hook_token=token).first()
    if workspace is None or int(request.headers.get("Content-Length") or 0) > LARGEST:
        return None
    try:
        is_theirs = SignatureVerifier(workspace.signing_secret).is_valid_request(request.body, dict(request.headers))
    except (
        CannotOpen,
        ValueError,
        TypeError,
        RawPostDataException,
    ):  # no timestamp, bytes that are no text
        return None
    return workspace if is_theirs else None


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _storable(body: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL's JSON has no NUL and no half of a character."""
    whole = json.dumps(body, ensure_ascii=False).encode(errors="replace").decode()
    read: dict[str, Any] = json.loads(whole.replace("\\u0000", "\\ufffd"))
    return read
