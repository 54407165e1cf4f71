"""Telephone numbers: +, country, number (ITU-T E.164), from however people write them."""

from __future__ import annotations

import re

import phonenumbers
from babel.core import get_global
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from customers.errors import Refused
from helpdesk.accounts.calendars import Calendar

LONGEST = 60  # characters that may be a number with all its brackets


def e164(text: str, country: str = "") -> str:
    """The number, read as one of `country` (ISO 3166) unless it says its own. `Refused` when it cannot be one."""
    if len(text) > LONGEST or re.search(r"[A-Za-z]{4}", text.removeprefix("tel:")):
        raise Refused(_("This is no telephone number."), field="value")
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except NumberParseException as error:
        raise Refused(_unreadable(error, text), field="value") from error
    if reason := _impossible(number):
        raise Refused(reason, field="value")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _unreadable(error: NumberParseException, text: str) -> str:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        if text.strip().startswith("+"):
            return _("No country has this code: check the digits after the +.")
        return _("Write the number with its country, like +49 30 1234567.")
    if error.error_type == NumberParseException.TOO_LONG:
        return _("This number is too long.")
    if error.error_type in (NumberParseException.TOO_SHORT_AFTER_IDD, NumberParseException.TOO_SHORT_NSN):
        return _("This number is too short.")
    return _("This is no telephone number.")


def _impossible(number: phonenumbers.PhoneNumber) -> str:
    """Why no telephone has the number; empty when one may. New ranges are not known here, so they are let pass."""
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.IS_POSSIBLE:
            return ""
        case ValidationResult.TOO_LONG:
            return _("This number is too long for its country.")
        case ValidationResult.TOO_SHORT:
            return _("This number is too short for its country.")
        case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return _("The area code is missing.")
        case ValidationResult.INVALID_COUNTRY_CODE:
            return _("No country has this code: check the digits after the +.")
    return _("No number of this country has so many digits.")


def readable(number: str) -> str:
    """+49 30 1234567; what is no number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def country_of(time_zone: str) -> str:
    """The country of an IANA time zone; empty for those of none, like UTC."""
    country = str(get_global("zone_territories").get(time_zone, ""))
    return country if len(country) == 2 and country.isalpha() else ""


def usual_country(time_zone: str = "") -> str:
    """Whose a number is that does not say: of where the customer lives, else of where we work."""
    if country := country_of(time_zone):
        return country
    calendar = Calendar.objects.filter(is_default=True).only("holiday_country", "time_zone").first()
    if calendar is None:
        return ""
    return calendar.holiday_country or country_of(calendar.time_zone)
