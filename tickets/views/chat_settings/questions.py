"""Settings: the questions before a chat."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from tickets.chat_forms import ChatQuestionForm
from tickets.models import ChatWidget
from tickets.portal.form_fields import Question, questions_of
from tickets.portal.form_upkeep import deciding, delete_question, move_question, save_question
from tickets.services import Refused
from tickets.views.chat_settings.widgets import questions_at
from tickets.views.portal.form_settings import admins_only, shelf
from tickets.views.support import StaffRequest, staff_only, wants_fragment


def _found(widget_id: int, key: str) -> tuple[ChatWidget, Question]:
    widget = get_object_or_404(ChatWidget, pk=widget_id)
    question = next((each for each in questions_of(widget) if each.key == key), None)
    if question is None:
        raise Http404
    return widget, question


@require_http_methods(["GET", "POST"])
@staff_only
def edit_question(request: StaffRequest, widget_id: int, question_key: str = "") -> HttpResponse:
    """Add a question, or change one."""
    admins_only(request)
    widget, question = (
        _found(widget_id, question_key) if question_key else (get_object_or_404(ChatWidget, pk=widget_id), None)
    )
    form = ChatQuestionForm(
        request.POST if request.method == "POST" else None,
        question=question,
        above=deciding(questions_of(widget), question_key),
        languages=widget.languages,
        language=get_language() or "en",
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_question(widget, question_key, form.asked())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The question is saved."))
            return redirect("settings-chat-widget", widget.pk)
    context = {
        "form": form,
        "contact_form": widget,
        "question": question,
        "base": questions_at(widget),
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/chat/question.html", context, status=status)


@require_POST
@staff_only
def position(request: StaffRequest, widget_id: int, question_key: str) -> HttpResponse:
    """`place` counts from 0; `step` is one up or down."""
    admins_only(request)
    widget, question = _found(widget_id, question_key)
    place = whole_number(request.POST.get("place", ""))
    if place is None:
        before = [each.key for each in questions_of(widget)]
        place = before.index(question.key) + (1 if request.POST.get("step") == "1" else -1)
    try:
        move_question(widget, question_key, place)
        error = ""
    except Refused as refusal:
        error = str(refusal)
    if not wants_fragment(request):
        if error:
            messages.error(request, error)
        return redirect("settings-chat-widget", widget.pk)
    widget.refresh_from_db()
    context = {"questions": shelf(widget), "base": questions_at(widget), "error": error}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "settings/contact/_questions.html", context, status=status)


@require_POST
@staff_only
def deletion(request: StaffRequest, widget_id: int, question_key: str) -> HttpResponse:
    admins_only(request)
    widget, _question = _found(widget_id, question_key)
    try:
        delete_question(widget, question_key)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("settings-chat-question", widget.pk, question_key)
    messages.success(request, _("The question is deleted."))
    return redirect("settings-chat-widget", widget.pk)
