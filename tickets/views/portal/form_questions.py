"""Settings: the questions of a contact form."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from tickets.contact_forms import QuestionForm
from tickets.models import ContactForm
from tickets.portal.form_fields import Question, questions_of
from tickets.portal.form_upkeep import deciding, delete_question, languages, move_question, save_question
from tickets.services import Refused
from tickets.views.portal.form_settings import admins_only, base_of, shelf
from tickets.views.support import StaffRequest, staff_only, wants_fragment


def _found(form_id: int, key: str) -> tuple[ContactForm, Question]:
    form = get_object_or_404(ContactForm, pk=form_id)
    question = next((each for each in questions_of(form) if each.key == key), None)
    if question is None:
        raise Http404
    return form, question


@require_http_methods(["GET", "POST"])
@staff_only
def edit_question(request: StaffRequest, form_id: int, question_key: str = "") -> HttpResponse:
    """Add a question to a form, or change one."""
    admins_only(request)
    contact_form, question = (
        _found(form_id, question_key) if question_key else (get_object_or_404(ContactForm, pk=form_id), None)
    )
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        question=question,
        above=deciding(questions_of(contact_form), question_key),
        languages=languages(),
        language=get_language() or "en",
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_question(contact_form, question_key, form.asked())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The question is saved."))
            return redirect("settings-contact-form", contact_form.pk)
    context = {
        "form": form,
        "contact_form": contact_form,
        "question": question,
        "base": base_of(contact_form),
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/contact/question.html", context, status=status)


@require_POST
@staff_only
def position(request: StaffRequest, form_id: int, question_key: str) -> HttpResponse:
    """`place` counts from 0; `step` is one up or down."""
    admins_only(request)
    form, question = _found(form_id, question_key)
    place = whole_number(request.POST.get("place", ""))
    if place is None:
        before = [each.key for each in questions_of(form)]
        place = before.index(question.key) + (1 if request.POST.get("step") == "1" else -1)
    try:
        move_question(form, question_key, place)
        error = ""
    except Refused as refusal:
        error = str(refusal)
    if not wants_fragment(request):
        if error:
            messages.error(request, error)
        return redirect("settings-contact-form", form.pk)
    form.refresh_from_db()
    context = {"questions": shelf(form), "base": base_of(form), "error": error}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "settings/contact/_questions.html", context, status=status)


@require_POST
@staff_only
def deletion(request: StaffRequest, form_id: int, question_key: str) -> HttpResponse:
    admins_only(request)
    form, _question = _found(form_id, question_key)
    try:
        delete_question(form, question_key)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("settings-contact-question", form.pk, question_key)
    messages.success(request, _("The question is deleted."))
    return redirect("settings-contact-form", form.pk)
