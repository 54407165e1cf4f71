"""What a Facebook page, and an Instagram account, need."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup
from channels_app.setup.social import SOCIAL

APP = [
    Field("app_id", _("App ID"), _("App settings → Basic"), Kept.OPTION, r"[0-9]{5,32}"),
    Field(
        "app_secret",
        _("App secret"),
        _("App settings → Basic. Meta signs its calls with it."),
        Kept.SECRET,
        r"[0-9a-fA-F]{16,64}",
    ),
    Field(
        "access_token",
        _("Access token"),
        _("One that does not expire, of the page or of a system user."),
        Kept.SECRET,
        r"\S{20,600}",
    ),
    Field(
        "verify_token",
        _("Verify token"),
        _("Meta asks for it once, beside the address."),
        Kept.SECRET,
        is_made_by_us=True,
    ),
    Field(
        "has_human_agent",
        _("Meta has granted the permission “Human Agent”"),
        _("Then a person may still answer for seven days."),
        is_flag=True,
        is_required=False,
    ),
    Field("reads_comments", _("Comments below posts become tickets as well"), is_flag=True, is_required=False),
    *SOCIAL,
]

MESSENGER = Setup(
    icon="message-circle",
    intro=_("Messages to your Facebook page become tickets; answers go back to Messenger."),
    fields=[
        Field(
            "page_id", _("Page ID"), _("On the page under About → Page transparency."), Kept.EXTERNAL_ID, r"[0-9]{5,32}"
        ),
        *APP,
    ],
    steps=[
        _("In your app at developers.facebook.com choose Messenger → Settings."),
        _("Under Webhooks put in the address and the verify token below."),
        _(
            "Subscribe the page to: messages, messaging_postbacks, messaging_referrals, message_deliveries, "
            "message_reads, message_reactions, message_edits, message_echoes, and feed for comments."
        ),
        _("Write to the page from your own account: this page shows it."),
    ],
    hooks=[HookAddress(_("Callback URL"))],
    guide="messenger",
)

INSTAGRAM = Setup(
    icon="image",
    intro=_("Messages and story replies to your Instagram account become tickets; answers go back to Instagram."),
    fields=[
        Field("ig_id", _("Instagram account ID"), _("Instagram → API setup"), Kept.EXTERNAL_ID, r"[0-9]{5,32}"),
        Field(
            "login",
            _("Connected by"),
            kept=Kept.OPTION,
            choices=[("instagram", _("Instagram login")), ("facebook", _("Facebook login, through its page"))],
            initial="instagram",
        ),
        *APP,
    ],
    steps=[
        _("In your app at developers.facebook.com choose Instagram → API setup."),
        _("Under Webhooks put in the address and the verify token below."),
        _(
            "Subscribe to: messages, messaging_postbacks, messaging_referral, messaging_seen, "
            "message_reactions, message_edit, and comments."
        ),
        _("Write to the account from your own: this page shows it."),
    ],
    hooks=[HookAddress(_("Callback URL"))],
    guide="instagram",
)
