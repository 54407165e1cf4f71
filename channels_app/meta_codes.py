"""Meta's error codes in the words of those who answer customers: what is wrong, and what to do about it.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes and the Messenger Platform's list. The same
codes come from calls and, from WhatsApp, in later statuses.
"""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from channels_app.base import Words

# Nothing can be sent at all until somebody has put it right. "100/33": there is no such number or page for this token.
LOCKING = frozenset({"3", "10", "102", "190", "368", "100/33", "131005", "131031", "133010", "131045"})
# The whole account is too busy.
BUSY_ACCOUNT = frozenset({"4", "17", "32", "613", "80006", "80007", "80008", "130429", "131048", "10/1893063"})
# It may be different in so many seconds; None: at growing distances.
PASSING: dict[str, float | None] = {"1": None, "2": None, "131016": None, "131056": 10.0, "131057": None}
UNREACHABLE = frozenset({"551", "551/1545041", "200/1545041", "10/1545041", "100/2018001"})
WINDOW_OVER = frozenset({"131047", "470", "10/2018278", "10/2018065", "100/2018278"})

_TOKEN = _("Meta refuses our access token: enter a new one in the channel's settings.")
_PERMISSION = _("Our access token may not do this: check its permissions in Meta's app settings, then enter it again.")
_BUSY = _("Meta gets more from us than it takes: it is tried again by itself.")
_FAULT = _("Meta had a fault for a moment: it is tried again by itself.")
_POLICY = _("Meta has restricted our account for breaking its policies: look in Meta's Business Support.")
_BAD = _("Meta does not understand what we sent: tell your administrator, with the code.")
_GONE = _("This person can't be written to now: they have blocked us, or left.")
_TEMPLATE_FORM = _("The template was changed since it was filled in: choose it again.")
_FILE = _("Meta could not take the file: it is too large, or of a kind that people can't receive there.")
WINDOW_WORDS = _(
    "More than 24 hours have passed since the customer's last message: Meta takes no free answer any more."
)

MEANINGS: dict[str, Words] = {
    "1": _FAULT,
    "2": _FAULT,
    "3": _PERMISSION,
    "4": _BUSY,
    "10": _PERMISSION,
    "17": _BUSY,
    "32": _BUSY,
    "100": _BAD,
    "100/33": _("Meta does not know our number or page, or our token may not use it: check the channel's settings."),
    "100/2018001": _("Meta knows nobody by this id any more: use another channel."),
    "100/2018008": _FILE,
    "100/2018109": _FILE,
    "102": _TOKEN,
    "190": _TOKEN,
    "200": _PERMISSION,
    "200/1545041": _GONE,
    "368": _POLICY,
    "551": _GONE,
    "613": _BUSY,
    "10/1893063": _("Meta has restricted our page for a while: look in Meta's Business Support."),
    "10/1545041": _GONE,
    "2018109": _FILE,
    "2018008": _FILE,
    "80006": _BUSY,
    "80007": _BUSY,
    "80008": _BUSY,
    "130429": _BUSY,
    "130472": _("Meta did not deliver it, because this person takes part in a test of theirs: use another channel."),
    "130497": _("Our business may not write to people in this country by WhatsApp: use another channel."),
    "131000": _("WhatsApp had a fault that it does not explain: try once more."),
    "131005": _PERMISSION,
    "131008": _BAD,
    "131009": _BAD,
    "131016": _FAULT,
    "131021": _("This is our own number: it can't write to itself."),
    "131026": _(
        "It can't be delivered: there is no WhatsApp at this number, they have blocked us, or their app is too old."
    ),
    "131030": _("Our number is a test number, and this person is not on its list: add them in Meta's app settings."),
    "131031": _POLICY,
    "131037": _("Our WhatsApp number has no approved display name yet: finish that in WhatsApp Manager."),
    "131042": _("Meta could not charge for it: put the payment method right in WhatsApp Manager."),
    "131045": _("Our number is not registered at WhatsApp: register it in WhatsApp Manager."),
    "131047": _("More than 24 hours have passed since the customer's last message: choose a template."),
    "131048": _("Too many people have blocked or reported our number: Meta lets us send less for a while."),
    "131049": _("Meta held it back, so that people don't get too much advertising: don't send it again soon."),
    "131050": _("This person wants no advertising from us by WhatsApp: send only answers to what they ask."),
    "131051": _("WhatsApp does not take messages of this kind."),
    "131052": _("WhatsApp could not hand over the customer's file: ask them to send it again."),
    "131053": _FILE,
    "131056": _("Too many messages went to this person in a moment: it is tried again by itself."),
    "131057": _("WhatsApp is doing maintenance of our account: it is tried again by itself."),
    "132000": _TEMPLATE_FORM,
    "132001": _("WhatsApp has no such template in this language any more: choose another."),
    "132005": _("Filled in, the template is too long: shorten what you put in."),
    "132007": _("What was filled in breaks WhatsApp's policies: word it differently."),
    "132012": _TEMPLATE_FORM,
    "132015": _("WhatsApp has paused this template, because people disliked it: choose another."),
    "132016": _("WhatsApp has switched this template off for good: choose another."),
    "133010": _("Our number is not registered at WhatsApp: register it in WhatsApp Manager."),
}


def is_window_over(code: str, subcode: str = "") -> bool:
    return code in WINDOW_OVER or f"{code}/{subcode}" in WINDOW_OVER


def meaning_of(code: str, subcode: str = "", *, said: str = "") -> str:
    """In the reader's language; what Meta itself `said` for codes that we don't know."""
    known = MEANINGS.get(f"{code}/{subcode}") or (None if is_window_over(code, subcode) else MEANINGS.get(code))
    if known and known is not _BAD:
        return str(known)
    if is_window_over(code, subcode):
        return str(MEANINGS["131047"] if code in ("131047", "470") else WINDOW_WORDS)
    if said:
        return _now("Meta says: %(words)s (code %(code)s)") % {"words": said[:300], "code": code}
    return str(known or _now("Meta did not send it (code %(code)s).") % {"code": code})
