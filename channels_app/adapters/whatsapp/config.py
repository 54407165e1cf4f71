"""What a number at WhatsApp's Cloud API needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup

SETUP = Setup(
    icon="message-circle",
    intro=_("Messages to your WhatsApp number become tickets; answers go back to WhatsApp."),
    fields=[
        Field("phone_number_id", _("Phone number ID"), _("WhatsApp → API Setup"), Kept.EXTERNAL_ID, r"[0-9]{5,32}"),
        Field(
            "waba_id",
            _("Business account ID"),
            _("WhatsApp → API Setup; templates belong to it."),
            Kept.OPTION,
            r"[0-9]{5,32}",
        ),
        Field("number", _("Number"), _("As customers see it."), Kept.OPTION, r"\+[1-9][0-9 ]{6,20}", is_required=False),
        Field(
            "access_token",
            _("Access token"),
            _("Of a system user, with whatsapp_business_messaging and whatsapp_business_management."),
            Kept.SECRET,
            r"\S{20,600}",
        ),
        Field(
            "app_secret",
            _("App secret"),
            _("App settings → Basic. Meta signs its calls with it."),
            Kept.SECRET,
            r"[0-9a-fA-F]{16,64}",
        ),
        Field(
            "verify_token",
            _("Verify token"),
            _("Meta asks for it once, beside the address."),
            Kept.SECRET,
            is_made_by_us=True,
        ),
    ],
    steps=[
        _("In your app at developers.facebook.com choose WhatsApp → Configuration."),
        _("Under Webhook put in the address and the verify token below, and press “Verify and save”."),
        _(
            "Subscribe to: messages, message_template_status_update, phone_number_quality_update, account_update, "
            "user_preferences."
        ),
        _("Write to the number from your own WhatsApp: this page shows it."),
    ],
    hooks=[HookAddress(_("Callback URL"))],
    guide="whatsapp",
)
