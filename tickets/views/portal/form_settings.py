"""Settings: contact forms, in their order."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.contact_forms import ContactFormForm
from tickets.models import ChatWidget, ContactForm
from tickets.portal.form_fields import questions_of, with_answer
from tickets.portal.form_upkeep import languages, move_form, save_form
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment


def admins_only(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def form_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    return render(request, "settings/contact/forms.html", {"forms": _forms(), "active": "settings"})


def _forms() -> list[tuple[ContactForm, str, int]]:
    """Each with its title and how many questions it has."""
    return [
        (form, form.texts.get(get_language(), {}).get("title") or str(form), len(form.fields))
        for form in ContactForm.objects.select_related("inbox")
    ]


@require_http_methods(["GET", "POST"])
@staff_only
def edit_form(request: StaffRequest, form_id: int | None = None) -> HttpResponse:
    admins_only(request)
    contact_form = get_object_or_404(ContactForm, pk=form_id) if form_id else None
    form = ContactFormForm(request.POST if request.method == "POST" else None, form=contact_form, languages=languages())
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_form(contact_form, form.values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("settings-contact-form", saved.pk)
    context = {
        "form": form,
        "contact_form": contact_form,
        "questions": shelf(contact_form) if contact_form else [],
        "base": base_of(contact_form) if contact_form else "",
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/contact/form.html", context, status=status)


def base_of(form: ContactForm) -> str:
    """Where its questions lie."""
    return f"{reverse('settings-contact-form', args=[form.pk])}questions/"


def shelf(form: ContactForm | ChatWidget) -> list[tuple[str, str, str, str]]:
    """Its questions as the list shows them: key, label, kind, and after which answers they are asked."""
    language, questions = get_language() or "en", questions_of(form)
    by_key = {question.key: question for question in questions}
    shown = []
    for question in questions:
        above = by_key.get(question.when)
        labels = {option.value: option.label(language) for option in above.options} if above else {}
        after = " / ".join(labels.get(value, _("ticked")) for value in sorted(question.answers))
        condition = with_answer(above.label(language), after) if above else ""
        shown.append((question.key, question.label(language), str(question.kind.label), condition))
    return shown


@require_POST
@staff_only
def position(request: StaffRequest, form_id: int) -> HttpResponse:
    """`place` counts from 0; `step` is one up or down."""
    admins_only(request)
    form = get_object_or_404(ContactForm, pk=form_id)
    place = whole_number(request.POST.get("place", ""))
    if place is None:
        before = list(ContactForm.objects.values_list("pk", flat=True))
        place = before.index(form.pk) + (1 if request.POST.get("step") == "1" else -1)
    move_form(form, place)
    return _list(request)


@require_POST
@staff_only
def activity(request: StaffRequest, form_id: int) -> HttpResponse:
    admins_only(request)
    get_object_or_404(ContactForm, pk=form_id)
    ContactForm.objects.filter(pk=form_id).update(is_active=request.POST.get("active") == "1")
    return _list(request)


@require_POST
@staff_only
def deletion(request: StaffRequest, form_id: int) -> HttpResponse:
    """Requests that wait for their link become tickets all the same: of the first inbox."""
    admins_only(request)
    form = get_object_or_404(ContactForm, pk=form_id)
    form.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": form})
    return redirect("settings-contact-forms")


def _list(request: StaffRequest) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("settings-contact-forms")
    return render(request, "settings/contact/_forms.html", {"forms": _forms()})
