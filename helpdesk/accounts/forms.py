"""Forms about staff: the own profile, and for admins everybody's."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Role, Team, User
from helpdesk.accounts.preferences import change_preferences, preferences_of


def time_zone_choices() -> list[tuple[str, str]]:
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
    return [(zone, zone.replace("_", " ")) for zone in ["UTC", *named]]


class ProfileForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    after_solve = forms.ChoiceField(
        label=_("When I have solved a ticket"),
        required=False,
        choices=[
            ("offer", _("Stay, and offer the next ticket")),
            ("next", _("Open the next ticket")),
            ("list", _("Go back to the list")),
            ("stay", _("Stay")),
        ],
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "availability", "signature", "time_zone", "language"]
        labels: ClassVar = {"name": _("Name"), "availability": _("Availability"), "signature": _("Signature")}
        help_texts: ClassVar = {"signature": _("Goes under every reply you send.")}
        widgets: ClassVar = {"signature": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["after_solve"] = preferences_of(self.instance)["after_solve"]

    def save(self, commit: bool = True) -> User:
        user = super().save(commit)
        if chosen := self.cleaned_data["after_solve"]:
            change_preferences(user, {"after_solve": chosen})
        return user


class StaffForm(forms.ModelForm[User]):
    """A colleague as an admin sees them. Without a password a new one gets a link by mail to choose it."""

    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave it empty to send a link by e-mail with which they choose their own."),
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "email", "role", "teams", "is_active"]
        labels: ClassVar = {
            "name": _("Name"), "email": _("E-mail address"), "role": _("Role"), "is_active": _("Active: may sign in"),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["password"].help_text = _("Leave it empty to keep the present one.")

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody with this address is here already."))
        return email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        stays_admin = data.get("role") == Role.ADMIN and data.get("is_active")
        others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.pk and not stays_admin and not others.exists():
            raise ValidationError(_("This is the last admin: make somebody else an admin first."))
        return data

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        elif not user.pk:
            user.set_unusable_password()
        user.save()
        user.teams.set(self.cleaned_data["teams"])
        return user


class TeamForm(forms.ModelForm[Team]):
    members = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True), label=_("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Team
        fields: ClassVar = ["name", "is_private", "calendar", "members"]
        labels: ClassVar = {"name": _("Name"), "is_private": _("Private"), "calendar": _("Working hours")}
        help_texts: ClassVar = {"calendar": _("Empty: those of the default calendar.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["members"] = self.instance.members.all()

    def save(self, commit: bool = True) -> Team:
        team: Team = super().save()
        team.members.set(self.cleaned_data["members"])
        return team
