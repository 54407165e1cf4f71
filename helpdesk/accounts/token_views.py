"""Settings: API tokens. Made here or by `manage.py create_api_token`, shown once, revoked for good."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.accounts.models import ApiToken, User
from helpdesk.accounts.tokens import Scope, create_token, revoke_token
from helpdesk.accounts.views import admin


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    user = forms.ModelChoiceField(
        label=gettext_lazy("Acts for"),
        queryset=User.objects.filter(is_active=True),
        help_text=gettext_lazy("It sees and may do what this person does. An admin’s token can act for others too."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )


@require_http_methods(["GET", "POST"])
@login_required
def token_list(request: HttpRequest) -> HttpResponse:
    me = admin(request)
    form = TokenForm(request.POST or None, initial={"user": me.pk})
    token = ""
    if request.method == "POST" and form.is_valid():
        user = cast(User, form.cleaned_data["user"])
        _row, token = create_token(user.pk, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"])
        form = TokenForm(initial={"user": me.pk})
    context = {
        "form": form,
        "token": token,
        "tokens": ApiToken.objects.select_related("user").order_by("revoked_at", "-pk"),
        "words": dict(Scope.choices),
        "active": "settings",
    }
    answer = render(request, "settings/tokens.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"  # the page that shows a token is not kept
    return answer


@require_POST
@login_required
def token_revocation(request: HttpRequest, token_id: int) -> HttpResponse:
    admin(request)
    row = get_object_or_404(ApiToken, pk=token_id)
    revoke_token(row)
    messages.success(request, _("“%(name)s” is revoked: it opens nothing any more.") % {"name": row})
    return redirect("settings-tokens")
