"""The details of a telling: which order, which sensor, which city. The same name means the same thing throughout."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from customers.models import Customer

PRODUCTS = ("Heron", "Heron 2", "Heron Mini", "Wren", "set of three Wrens", "Dipper", "Dipper 8", "Nest")
PLANTS = ("tomatoes", "hydrangeas", "dahlias", "beans", "young pear trees", "raspberries", "leeks", "roses", "ferns")
CARRIERS = ("Postbode", "Swiftway", "Nordfrakt", "the parcel service")
STREETS = ("Mill Lane", "Birkenweg", "Rue des Tanneurs", "Storgata", "Quay Street", "Via San Rocco", "Dorpsstraat")
MONTHS = (
    "January February March April May June July August September October November December"
).split()  # not strftime: the words must not follow the server's locale
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

_CHOICE = re.compile(r"\[([^\[\]]+ \| [^\[\]]+)\]")
_DETAIL = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_DAY = re.compile(r"(date|weekday)([+-]\d+)")


class Details:
    """Fills in the texts of one telling, which began at `opened`."""

    def __init__(self, rng: Random, customer: Customer, city: str, opened: datetime) -> None:
        self._rng = rng
        self._opened = opened
        self._known: dict[str, str] = {
            "name": customer.name,
            "first": first_name(customer.name),
            "city": city,
            "organisation": customer.organisation.name if customer.organisation else customer.name,
        }

    def fill(self, text: str) -> str:
        chosen = _CHOICE.sub(lambda match: self._rng.choice(match[1].split(" | ")).strip(), text)
        return _DETAIL.sub(lambda match: self[match[1]], chosen)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._invent(name)
        return self._known[name]

    def _invent(self, name: str) -> str:
        if match := _RANGE.fullmatch(name):
            return str(self._rng.randint(int(match[1]), int(match[2])))
        if match := _DAY.fullmatch(name):
            day = self._opened + timedelta(days=int(match[2]))
            return WEEKDAYS[day.weekday()] if match[1] == "weekday" else f"{day.day} {MONTHS[day.month - 1]}"
        return INVENTORS[name](self._rng, self._opened)


INVENTORS: dict[str, Callable[[Random, datetime], str]] = {
    "order": lambda rng, _day: f"MW-{rng.randint(20_000, 69_999)}",
    "invoice": lambda rng, day: f"{day.year}-{rng.randint(1_000, 9_999)}",
    "serial": lambda rng, _day: f"{rng.choice(('HR', 'WR', 'DP'))}{rng.randint(1, 4)}-{rng.randint(1_000, 9_999)}",
    "version": lambda rng, _day: f"{rng.randint(4, 5)}.{rng.randint(0, 9)}.{rng.randint(0, 6)}",
    "tracking": lambda rng, _day: f"{rng.choice('ABKN')}{rng.randint(10**8, 10**9 - 1)}",
    "product": lambda rng, _day: rng.choice(PRODUCTS),
    "plant": lambda rng, _day: rng.choice(PLANTS),
    "carrier": lambda rng, _day: rng.choice(CARRIERS),
    "street": lambda rng, _day: f"{rng.choice(STREETS)} {rng.randint(2, 88)}",
    "price": lambda rng, _day: f"{rng.choice((29, 39, 59, 89, 129, 179, 249))}.{rng.choice(('00', '90'))}",
    "phone": lambda rng, _day: f"+44 20 7946 0{rng.randint(100, 999)}",  # a block kept for fiction
    "vat": lambda rng, _day: f"{rng.choice(('NL', 'DE', 'SE'))}{rng.randint(10**8, 10**9 - 1)}",
    "month": lambda rng, day: MONTHS[(day - timedelta(days=rng.randint(60, 300))).month - 1],
}


def first_name(name: str) -> str:
    words = name.split()
    return " ".join((words[0], words[-1])) if words[0] == "Dr" else words[0]
