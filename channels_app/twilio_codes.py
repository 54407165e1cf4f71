"""Twilio's error codes in the words of those who answer customers: what is wrong, and what to do about it.

https://www.twilio.com/docs/api/errors. The same codes come from calls of its interface and in later statuses.
"""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from channels_app.base import Words

# Nothing can be sent at all until somebody has put it right.
LOCKING = frozenset({"20003", "20005", "20008", "30002", "90010"})
# It may be different in a while.
PASSING = frozenset({"20429", "20503", "21611", "30001", "14107"})
# This number can't be written to again.
UNREACHABLE = frozenset({"21211", "21217", "21610", "21614", "21635", "30005", "30006"})

_CREDENTIALS = _(
    "Twilio refuses our credentials: enter the account SID and auth token again in the channel's settings."
)
_NUMBER = _("This is no number that texts can be sent to: check it with the customer.")
_OUR_NUMBER = _("Our number can't send this: choose one in the channel's settings that belongs to the Twilio account.")
_SERVICE = _("The messaging service is not set up: check it in Twilio's console and in the channel's settings.")
_US_RULES = _("The phone companies of the USA require our number to be registered: finish that in Twilio's console.")
_SENDER_RULES = _("The phone companies there want our number registered first: finish that in Twilio's console.")
_US_LIMIT = _("Our number has sent as much as its registration in the USA allows: try again later.")
_MEDIA = _("A file could not be sent: it is too large or of a kind that phones don't take. Send a link instead.")
_CONGESTED = _("The phone company is overloaded: try again later.")
_FILTERED = _("The phone company filtered it as unwanted: word it differently, without shortened links.")

MEANINGS: dict[str, Words] = {
    "11200": _("Twilio can't fetch the file from us: check PUBLIC_URL."),
    "11751": _MEDIA,
    "12300": _MEDIA,
    "14107": _("Twilio gets more from us than it takes: it is tried again by itself."),
    "20003": _CREDENTIALS,
    "20005": _("The Twilio account is not active: look in Twilio's console."),
    "20008": _("These are test credentials, which send nothing: enter the live ones in the channel's settings."),
    "20404": _("Twilio does not know what we asked for: check the account SID in the channel's settings."),
    "20429": _("Twilio gets more from us than it takes: it is tried again by itself."),
    "20503": _("Twilio is out of service for a moment: it is tried again by itself."),
    "21211": _NUMBER,
    "21212": _OUR_NUMBER,
    "21217": _NUMBER,
    "21219": _("A trial account of Twilio may reach only numbers that were verified there."),
    "21266": _("The customer's number is our own: it can't write to itself."),
    "21408": _("Texts to this country are not switched on: allow them in Twilio's console (geographic permissions)."),
    "21602": _("There is nothing to be sent."),
    "21603": _OUR_NUMBER,
    "21604": _NUMBER,
    "21605": _("The text is longer than Twilio takes: shorten it."),
    "21606": _OUR_NUMBER,
    "21608": _("A trial account of Twilio may reach only numbers that were verified there."),
    "21609": _("Twilio can't use our address for delivery reports: check PUBLIC_URL."),
    "21610": _("This person wrote STOP to our number: only they can take it back, by writing START."),
    "21611": _("Too many texts are waiting to leave our number: it is tried again by itself."),
    "21612": _("No way leads from our number to this one: use another number or another channel."),
    "21614": _("This number is no mobile phone: use another channel, or ask for a mobile number."),
    "21617": _("The text is longer than 1,600 characters: shorten it."),
    "21619": _("There is nothing to be sent."),
    "21620": _("Twilio can't fetch the file from us: check PUBLIC_URL."),
    "21621": _("Our number can't send pictures: send a link instead."),
    "21623": _("There are more files than one text takes: send the others on their own."),
    "21635": _("This number is a landline: use another channel, or ask for a mobile number."),
    "21657": _OUR_NUMBER,
    "21659": _OUR_NUMBER,
    "21660": _OUR_NUMBER,
    "21701": _SERVICE,
    "21703": _SERVICE,
    "21704": _SERVICE,
    "21705": _SERVICE,
    "30001": _("Too many texts are waiting to leave our number: send it again in a while."),
    "30002": _("The Twilio account is suspended: look in Twilio's console."),
    "30003": _("The phone is switched off or out of reach: try again later, or use another channel."),
    "30004": _("The phone or its company blocks texts of ours: use another channel."),
    "30005": _("The number is unknown or no longer in use: ask for the current one."),
    "30006": _("This is a landline, or its phone company takes no texts: use another channel."),
    "30007": _FILTERED,
    "30008": _("The phone company did not say why it failed: try once more, or use another channel."),
    "30009": _("A part of the text got lost on the way: ask for it again."),
    "30010": _("It costs more than the highest price that was set in Twilio's console."),
    "30011": _("Pictures can't be sent to this country: send a link instead."),
    "30017": _CONGESTED,
    "30018": _SENDER_RULES,
    "30019": _MEDIA,
    "30022": _US_LIMIT,
    "30023": _US_LIMIT,
    "30024": _SENDER_RULES,
    "30027": _US_LIMIT,
    "30032": _("Our toll-free number is not verified yet: finish that in Twilio's console."),
    "30033": _US_RULES,
    "30034": _US_RULES,
    "30035": _US_RULES,
    "30036": _("It could not be delivered in time: send it again."),
    "30039": _("Twilio stopped it: the two sides seem to answer each other automatically."),
    "30042": _OUR_NUMBER,
    "30044": _("The text is too long for a trial account of Twilio: shorten it."),
    "30410": _CONGESTED,
    "30450": _("Twilio holds texts to this range of numbers for fraud: allow it in Twilio's console."),
    "30500": _CONGESTED,
    "63038": _("The Twilio account has sent as much as it may in a day: try again tomorrow."),
    "90010": _("The Twilio account is not active: look in Twilio's console."),
}


def meaning_of(code: str, *, said: str = "") -> str:
    """In the reader's language; what Twilio itself `said` for codes that we don't know."""
    if code in MEANINGS:
        return str(MEANINGS[code])
    if said:
        return _now("Twilio says: %(words)s (code %(code)s)") % {"words": said[:300], "code": code}
    return _now("Twilio did not send it (code %(code)s).") % {"code": code}
