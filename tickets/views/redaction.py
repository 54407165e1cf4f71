"""Taking words and files out of a message: a dialog on the ticket's page, a page of its own without scripts."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.actors import Actor
from helpdesk.lib.card_numbers import card_numbers
from tickets import policies, services
from tickets.models import Attachment, Message
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment, with_toast


class RedactionForm(forms.Form):
    """Passages one a line; what was selected over several lines comes as `passage`, beside them."""

    words = forms.CharField(
        label=gettext_lazy("Words to take out"),
        help_text=gettext_lazy("One passage a line, as it stands in the message."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    removed: forms.ModelMultipleChoiceField[Attachment] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Files to remove"),
        queryset=Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, message: Message, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        left = message.attachments.filter(removed_at=None)
        self.fields["removed"].queryset = left  # type: ignore[attr-defined]
        if not left:
            del self.fields["removed"]

    @property
    def passages(self) -> list[str]:
        return str(self.cleaned_data["words"]).splitlines()


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only
def redactions(request: StaffRequest, message_id: int) -> HttpResponse:
    message = visible_message(request, message_id)
    require(policies.may_redact(request.user, message))
    if request.method == "POST":
        return _redact(request, message)
    cards = list(card_numbers(message.text)) if request.GET.get("cards") else []
    return _show(request, message, RedactionForm(message, initial={"words": "\n".join(cards)}))


def _redact(request: StaffRequest, message: Message) -> HttpResponse:
    form = RedactionForm(message, request.POST)
    if not form.is_valid():
        return _show(request, message, form)
    selected = [passage for passage in request.POST.getlist("passage") if passage.strip()]
    files = [file.pk for file in form.cleaned_data.get("removed", ())]
    try:
        services.redact_message(
            message, [*selected, *form.passages], actor=Actor.agent(request.user), attachment_ids=files
        )
    except services.Refused as refusal:
        form.add_error("words", str(refusal))
        return _show(request, message, form)
    if wants_fragment(request):
        return with_toast(HttpResponse(), _("Redacted. What was sent before can’t be called back."))
    messages.success(request, _("Redacted. What was sent before can’t be called back."))
    return redirect("ticket", number=message.ticket_id)


def _show(request: StaffRequest, message: Message, form: RedactionForm) -> HttpResponse:
    context = {
        "message": message,
        "form": form,
        "passages": request.POST.getlist("passage"),
        "active": "inbox",
        "was_sent": bool(message.author_role) and message.delivery_state == "sent",
    }
    template = "tickets/_redact.html" if wants_fragment(request) else "tickets/redact.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)
