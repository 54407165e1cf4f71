"""What a Telegram bot needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup

SETUP = Setup(
    icon="send",
    intro=_("What people write to your bot becomes tickets; answers come from the bot."),
    fields=[
        Field(
            "token",
            _("Bot token"),
            _("@BotFather gives it: digits, a colon, letters."),
            Kept.SECRET,
            r"[0-9]{5,16}:[A-Za-z0-9_-]{30,64}",
        ),
        Field(
            "secret_token",
            _("Secret token"),
            _("Telegram sends it with each call; we tell it when the address is set."),
            Kept.SECRET,
            is_made_by_us=True,
        ),
        Field(
            "way",
            _("How messages come"),
            kept=Kept.OPTION,
            choices=[("webhook", _("Telegram calls us")), ("polling", _("We ask Telegram: also behind a firewall"))],
            initial="webhook",
        ),
        Field(
            "groups",
            _("In groups"),
            kept=Kept.OPTION,
            choices=[("refuse", _("The bot leaves them alone")), ("handle", _("Each group is a conversation"))],
            initial="refuse",
        ),
    ],
    steps=[
        _("In Telegram write /newbot to @BotFather, and give it a name."),
        _("Put in the token that it answers. Telegram is told our address by itself."),
        _("Write to the bot: this page shows it."),
    ],
    hooks=[HookAddress(_("Webhook, set by itself"))],
    guide="telegram",
    named_by="token",
)
