"""What a profile on X needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup
from channels_app.setup.social import SOCIAL

SETUP = Setup(
    icon="at-sign",
    intro=_("Direct messages and mentions of your profile become tickets."),
    fields=[
        Field(
            "user_id", _("User ID"), _("The number of your profile, not its name."), Kept.EXTERNAL_ID, r"[0-9]{1,25}"
        ),
        Field("handle", _("Name"), _("Without the @."), Kept.OPTION, r"[A-Za-z0-9_]{1,15}"),
        Field(
            "client_id", _("Client ID"), _("OAuth 2.0, of your app in the developer portal."), Kept.OPTION, r"\S{8,200}"
        ),
        Field("client_secret", _("Client secret"), kept=Kept.SECRET, pattern=r"\S{8,200}", is_required=False),
        Field("consumer_secret", _("API key secret"), _("X signs its calls with it."), Kept.SECRET, r"\S{20,200}"),
        Field(
            "access_token",
            _("Access token"),
            _("With dm.read, dm.write, tweet.read, tweet.write, users.read and offline.access."),
            Kept.SECRET,
            r"\S{20,600}",
        ),
        Field("refresh_token", _("Refresh token"), kept=Kept.SECRET, pattern=r"\S{20,600}", is_required=False),
        Field("reads_mentions", _("Mentions become tickets as well"), is_flag=True, is_required=False),
        *SOCIAL,
    ],
    steps=[
        _("In the developer portal make an app with the X Activity API (or the older Account Activity API)."),
        _("Register the address below as its webhook, and subscribe to dm.received, dm.sent and post.mention.create."),
        _("Write to the profile from another: this page shows it."),
    ],
    hooks=[HookAddress(_("Webhook"))],
    guide="x",
)
