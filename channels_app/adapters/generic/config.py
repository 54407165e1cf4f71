"""What any other network needs to be connected by a signed webhook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup

SETUP = Setup(
    icon="webhook",
    intro=_("Connect any other network, or your telephone system, by signed webhooks in both directions."),
    fields=[
        Field(
            "key", _("Signing key"), _("Both sides sign with it (Standard Webhooks)."), Kept.SECRET, is_made_by_us=True
        ),
        Field(
            "send_url",
            _("Where answers are sent"),
            _("An https address of yours; without one, nothing can be answered."),
            Kept.OPTION,
            r"https?://\S{3,500}",
            is_required=False,
        ),
    ],
    steps=[
        _("Post each message as JSON to the address below, signed with the key."),
        _("Take our answers at your address, and check their signature with the same key."),
        _("Post a first message: this page shows it."),
    ],
    hooks=[HookAddress(_("Webhook"))],
    guide="generic",
)
