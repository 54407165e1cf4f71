"""Amounts of money, written as the reader writes them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import get_language

CURRENCIES = list_currencies()  # ISO 4217, those of the past too: old orders stay


def money(amount: Decimal, currency: str) -> str:
    """ "€59.00" or "59,00 €", with as many digits as the currency has; a currency we don't know stands before it."""
    if currency not in CURRENCIES:
        return f"{currency} {amount:f}".strip()
    digits = -int(amount.normalize().as_tuple().exponent)
    exact = digits > get_currency_precision(currency)  # 0.0042 a page is no zero
    return format_currency(amount, currency, locale=_locale(get_language() or "en"), decimal_quantization=not exact)


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
