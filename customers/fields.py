"""Custom fields: what each kind takes, how a value is kept in JSON, and how it is said.

text, textarea, dropdown and regexp are kept as text, checkbox as true or false, date as YYYY-MM-DD, integer as a
number, decimal as text ("12.50" stays exact), multiselect as a list in the order of the options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.template.defaultfilters import date as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers import policies
from customers.errors import Refused
from customers.models import CustomField, FieldKind
from customers.patterns import matches
from customers.words import block, line
from helpdesk.accounts.models import User

LONGEST_LINE = 255
LONGEST_BLOCK = 10_000
LARGEST = 10**15  # beyond it JavaScript and spreadsheets no longer count exactly
PLACES = 6  # digits after the point
YES = frozenset({"1", "true", "yes", "on", "y", "t", "ja", "wahr"})
NO = frozenset({"0", "false", "no", "off", "n", "f", "nein", "falsch"})
PREFIX = "custom_fields."


def fields_of(of: str, user: User | None = None) -> list[CustomField]:
    """The fields in use, in their order; with `user`, those that they may see."""
    fields = CustomField.objects.filter(of=of, is_active=True)
    return [field for field in fields if user is None or policies.may_see_field(user, field)]


def check(field: CustomField, value: Any) -> Any:
    """What is to be kept for `value`, however it came: from a form, JSON or a spreadsheet. None: nothing.

    Raises `Refused` with what is wrong with it.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kept = CHECKS[FieldKind(field.kind)](field, value)
    return None if kept == "" else kept  # of control characters alone nothing is left


def said(field: CustomField, value: Any) -> str:
    """In words; empty for nothing."""
    if value is None:
        return ""
    if field.kind == FieldKind.CHECKBOX:
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if field.kind == FieldKind.DATE:
        try:
            return date_format(date.fromisoformat(str(value)), pgettext("date format", "j M Y"))
        except ValueError:
            return str(value)
    return str(value)


def _text(field: CustomField, value: Any) -> str:
    return line(value, LONGEST_LINE)


def _textarea(field: CustomField, value: Any) -> str:
    return block(value, LONGEST_BLOCK)


def _checkbox(field: CustomField, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise Refused(_("Say yes or no."))


def _date(field: CustomField, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value).strip()
    if parts := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        text = f"{parts[3]}-{parts[2]:0>2}-{parts[1]:0>2}"
    try:
        if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}($|[T ])", text):
            raise ValueError
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise Refused(_("Write the day as year-month-day, like 2026-03-31.")) from error


def _integer(field: CustomField, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,16}(\.0+)?", text):
        raise Refused(_("Write a whole number, without anything between its digits."))
    number = int(text.partition(".")[0])
    if abs(number) > LARGEST:
        raise Refused(_("This number is too large."))
    return number


def _decimal(field: CustomField, value: Any) -> str:
    text = str(value).strip()
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text) and not re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", text):
        text = text.replace(",", ".")  # a comma before three digits may be either: that is asked
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{0,16}\.?[0-9]*(e-?[0-9]{1,2})?", text, re.IGNORECASE):
        raise Refused(_("Write a number like 1234.50, with nothing between the thousands."))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Refused(_("Write a number like 1234.50, with nothing between the thousands.")) from error
    if abs(number) > LARGEST:
        raise Refused(_("This number is too large."))
    number = round(number, PLACES) if _places(number) > PLACES else number
    return f"{number + 0:f}"  # never "-0"


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _dropdown(field: CustomField, value: Any) -> str:
    return _option(field, str(value))


def _multiselect(field: CustomField, value: Any) -> list[str] | None:
    given: Iterable[Any] = value if isinstance(value, list | tuple | set) else re.split(r"[;\n]", str(value))
    chosen = {_option(field, str(one)) for one in given if str(one).strip()}
    return [option for option in field.options if option in chosen] or None


def _option(field: CustomField, text: str) -> str:
    """Compared without case, since people type it in spreadsheets."""
    wanted = text.strip().casefold()
    for option in field.options:
        if option.casefold() == wanted:
            return option
    raise Refused(
        _("“%(value)s” is not one of: %(options)s.") % {"value": text.strip()[:80], "options": ", ".join(field.options)}
    )


def _regexp(field: CustomField, value: Any) -> str:
    text = line(value, LONGEST_LINE)
    if not matches(field.pattern, text):
        raise Refused(
            field.help or _("This does not have the form that is asked for: %(form)s") % {"form": field.pattern}
        )
    return text


CHECKS: dict[FieldKind, Callable[[CustomField, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.TEXTAREA: _textarea,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.DATE: _date,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.DROPDOWN: _dropdown,
    FieldKind.MULTISELECT: _multiselect,
    FieldKind.REGEXP: _regexp,
}
