"""The first page of a new installation: it asks for the admin account, once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from helpdesk.accounts.models import Role, User

SETUP_LOCK = 7_340_101  # any number, the same in every process


class AdminForm(forms.ModelForm[User]):
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    class Meta:
        model = User
        fields = ["name", "email"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
            "email": forms.EmailInput(attrs={"autocomplete": "username"}),
        }

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if password := self.cleaned_data.get("password"):
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """404 as soon as there is an account: nobody makes themselves admin of a house that has one."""
    if User.objects.exists():
        raise Http404
    form = AdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        admin = create_first_admin(**form.cleaned_data)
        login(request, admin, backend="django.contrib.auth.backends.ModelBackend")
        messages.success(request, _("Welcome. Now name the address that customers write to."))
        return redirect("settings-inbox-new")
    return render(request, "account/setup.html", {"form": form}, status=422 if form.errors else 200)


@transaction.atomic
def create_first_admin(*, name: str, email: str, password: str) -> User:
    """In the language of the page, with what settings.NEW_INSTALLATION names to begin with.

    Raises `Http404` for whoever comes second, even at the same moment.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
    if User.objects.exists():
        raise Http404
    language = translation.get_language() or settings.LANGUAGE_CODE
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    admin = User.objects.create_user(email, password, name=name, role=Role.ADMIN, language=known)
    for path in settings.NEW_INSTALLATION:
        import_string(path)(admin)
    return admin
