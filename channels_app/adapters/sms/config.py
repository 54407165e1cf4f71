"""What an SMS number at Twilio needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup

SETUP = Setup(
    icon="message-square-text",
    intro=_("Texts to a number of yours become tickets; answers go back as texts."),
    fields=[
        Field("number", _("Number"), _("With its country: +49 …"), Kept.EXTERNAL_ID, r"\+[1-9][0-9]{6,14}"),
        Field(
            "account_sid",
            _("Account SID"),
            _("On the console's first page; it begins with AC."),
            Kept.OPTION,
            r"AC[0-9a-fA-F]{32}",
        ),
        Field(
            "auth_token",
            _("Auth token"),
            _("Beside it. Twilio signs its calls with it."),
            Kept.SECRET,
            r"[0-9a-fA-F]{32}",
        ),
        Field(
            "messaging_service_sid",
            _("Messaging service"),
            _("Only if the number is in one; it begins with MG."),
            Kept.OPTION,
            r"MG[0-9a-fA-F]{32}",
            is_required=False,
        ),
        Field(
            "shared_key_id",
            _("Id of a signing key"),
            _("Only if Twilio signs with a key of yours in place of the auth token."),
            Kept.OPTION,
            r"[A-Za-z0-9_]{8,80}",
            is_required=False,
        ),
        Field("shared_key", _("Signing key"), _("As Twilio showed it once."), Kept.SECRET, is_required=False),
    ],
    steps=[
        _("In the Twilio console choose Phone Numbers → Manage → Active numbers, and the number."),
        _("Under “Messaging configuration” choose Webhook, HTTP POST, and put in the first address below."),
        _("Send a text to the number from your own phone: this page shows it."),
    ],
    hooks=[HookAddress(_("A message comes in")), HookAddress(_("Delivery status"), "status/")],
    guide="sms",
)
