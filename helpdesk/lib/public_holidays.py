"""Public holidays by country and region, from the `holidays` library.

It is asked in a process of its own, which ends with the answer: loaded it holds 45 MB, and it is needed when somebody
saves a calendar, and once a day.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

PATIENCE = 30  # seconds; it takes 0.3

ASK = """
import json, sys
import holidays
country, region, years, languages = json.loads(sys.argv[1])
found = holidays.country_holidays(country, subdiv=region or None)
names = {code: name for name, code in reversed(list(found.subdivisions_aliases.items()))}
spoken = sorted(found.supported_languages, key=lambda it: (it != found.default_language, not it.startswith("en")))
name_in = next((it for it in spoken if it.split("_")[0] in languages), found.default_language)
days = holidays.country_holidays(country, subdiv=region or None, years=years, language=name_in) if years else {}
print(json.dumps({
    "days": [[day.isoformat(), name] for day, name in sorted(days.items())],
    "regions": sorted(([code, names.get(code, code)] for code in found.subdivisions), key=lambda region: region[1]),
}))
"""
LIST = """
import json
from holidays.registry import COUNTRIES
print(json.dumps([names[1] for names in COUNTRIES.values()]))
"""


class UnknownCountry(ValueError):
    """Nobody has written down the holidays of this country or region."""


@dataclass(frozen=True)
class Day:
    date: date
    name: str


def public_holidays(country: str, region: str, years: Sequence[int], *, languages: Sequence[str]) -> list[Day]:
    """In order, named in the country's own language if it is one of `languages` ("de"), else in English or another.

    Raises UnknownCountry.
    """
    answer = _ask(country, region, tuple(years), tuple(languages))
    return [Day(date.fromisoformat(day), name[:120]) for day, name in answer["days"]]


def regions(country: str) -> list[tuple[str, str]]:
    """(code, name) of the regions with holidays of their own. Raises UnknownCountry."""
    return [(code, name) for code, name in _ask(country, "", (), ())["regions"]]


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """Their two-letter codes (ISO 3166-1)."""
    return tuple(sorted({code for code in json.loads(_run(LIST)) if len(code) == 2}))


@lru_cache(maxsize=64)
def _ask(country: str, region: str, years: tuple[int, ...], languages: tuple[str, ...]) -> Any:
    try:
        return json.loads(_run(ASK, json.dumps([country, region, years, languages])))
    except subprocess.CalledProcessError as error:
        if b"NotImplementedError" in error.stderr:
            raise UnknownCountry(f"No holidays are known for {country} {region}".rstrip() + ".") from error
        raise


def _run(code: str, *args: str) -> bytes:
    """Isolated: it sees the installed packages, and nothing of ours or of the environment's."""
    command = [sys.executable, "-I", "-c", code, *args]
    return subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout
