"""The form by which a mailbox is set up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import Afterwards, ChannelAccount, Mailbox, MailProtocol
from tickets.models import Inbox

TECHNICAL = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
MOST_FOLDERS = 20


class MailboxForm(forms.ModelForm[Mailbox]):
    inbox = forms.ModelChoiceField(
        Inbox.objects.filter(is_active=True),
        label=gettext_lazy("Inbox"),
        empty_label=None,
        help_text=gettext_lazy("New tickets belong to it, and to its team."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        widget=forms.PasswordInput(attrs={**TECHNICAL, "autocomplete": "new-password"}),
        help_text=gettext_lazy("Google and others want an app password, made for this mailbox alone."),
    )
    folders = forms.CharField(
        label=gettext_lazy("Folders"),
        max_length=4_000,
        initial="INBOX",
        required=False,
        widget=forms.Textarea(attrs={**TECHNICAL, "rows": 2}),
        help_text=gettext_lazy("One a line. By POP3 there is the inbox alone."),
    )

    class Meta:
        model = Mailbox
        fields = ("protocol", "host", "port", "security", "username", "afterwards", "move_to", "takes_old")
        widgets = {name: forms.TextInput(attrs=TECHNICAL) for name in ("host", "username", "move_to")}

    field_order = (
        "inbox", "protocol", "host", "port", "security", "username", "password", "folders", "afterwards", "move_to",
        "takes_old",
    )  # fmt: skip

    def __init__(self, data: Any, instance: Mailbox | None) -> None:
        super().__init__(data, instance=instance)
        if instance:
            self.initial["inbox"] = instance.account.inbox_id
            self.initial["folders"] = "\n".join(instance.folders)
            self.fields["password"].required = False
            self.fields["password"].help_text = _("Leave it empty to keep the one there is.")
            del self.fields["takes_old"]  # asked once: what lay there then is dealt with

    def clean_port(self) -> int | None:
        port = self.cleaned_data["port"]
        if port is not None and not 1 <= port <= 65_535:
            raise ValidationError(_("Ports go from 1 to 65535."))
        return int(port) if port is not None else None

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).strip().lower()

    def clean_folders(self) -> list[str]:
        names = [line.strip() for line in str(self.cleaned_data["folders"]).splitlines() if line.strip()]
        if len(names) > MOST_FOLDERS or any(len(name) > 255 for name in names):
            raise ValidationError(_("These are too many folders, or their names are too long."))
        return list(dict.fromkeys(names)) or ["INBOX"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        then, target = data.get("afterwards"), data.get("move_to", "")
        if data.get("protocol") == MailProtocol.POP3 and then not in (Afterwards.LEAVE, Afterwards.DELETE):
            self.add_error("afterwards", _("By POP3 mails can only be left as they are or deleted."))
        if then == Afterwards.MOVE and not target:
            self.add_error("move_to", _("To which folder?"))
        elif then == Afterwards.MOVE and target in data.get("folders", []):
            self.add_error("move_to", _("This is a folder that mail is fetched from."))
        return data

    def save(self, commit: bool = True) -> Mailbox:
        mailbox = super().save(commit=False)
        mailbox.account = ChannelAccount.objects.get_or_create(inbox=self.cleaned_data["inbox"])[0]
        mailbox.folders = self.cleaned_data["folders"]
        if password := self.cleaned_data["password"]:
            mailbox.password = password
        if commit:
            mailbox.save()
        return mailbox
