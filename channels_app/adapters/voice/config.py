"""What a telephone number at Twilio needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from channels_app.setup.fields import Field, HookAddress, Kept, Setup

LANGUAGES = [
    ("en-GB", _("English")), ("de-DE", _("German")), ("fr-FR", _("French")), ("es-ES", _("Spanish")),
    ("it-IT", _("Italian")), ("nl-NL", _("Dutch")), ("pl-PL", _("Polish")), ("pt-PT", _("Portuguese")),
]  # fmt: skip

SETUP = Setup(
    icon="phone",
    intro=_("Calls to a number of yours ring for your agents here, with who it is; agents call customers from here."),
    fields=[
        Field("number", _("Number"), _("With its country: +49 …"), Kept.EXTERNAL_ID, r"\+[1-9][0-9]{6,14}"),
        Field("account_sid", _("Account SID"), _("It begins with AC."), Kept.OPTION, r"AC[0-9a-fA-F]{32}"),
        Field("auth_token", _("Auth token"), _("Twilio signs its calls with it."), Kept.SECRET, r"[0-9a-fA-F]{32}"),
        Field("language", _("Language of what callers hear"), choices=LANGUAGES, initial="en-GB"),
        Field("greeting", _("Greeting"), _("What callers hear first."), is_required=False),
        Field("record", _("Record calls"), _("Callers are told before."), is_flag=True, is_required=False),
        Field(
            "recording_words",
            _("What they are told of the recording"),
            _("In Germany and some states of the USA everybody has to agree: ask your lawyer."),
            is_required=False,
        ),
        Field("closed_words", _("Outside hours"), is_required=False),
        Field("voicemail_words", _("Before the tone of the voicemail"), is_required=False),
        Field("no_callbacks", _("Don’t offer to call back"), is_flag=True, is_required=False),
        Field(
            "max_wait_minutes",
            _("Minutes to wait before the voicemail"),
            _("1 to 99."),
            pattern=r"[1-9][0-9]?",
            is_required=False,
            initial="15",
        ),
        Field(
            "music_url", _("Music while waiting"), _("Address of an MP3."), pattern=r"https://\S+", is_required=False
        ),
    ],
    steps=[
        _("In the Twilio console choose Phone Numbers → Manage → Active numbers, and the number."),
        _("Under “Voice configuration” choose Webhook, HTTP POST, and put in the first address below."),
        _("Put the second address into “Call status changes”."),
        _("Let each agent who takes calls say where: Phone → My phone."),
        _("Call the number: this page shows it."),
    ],
    hooks=[HookAddress(_("A call comes in")), HookAddress(_("Call status changes"), "status/")],
    guide="phone",
)
