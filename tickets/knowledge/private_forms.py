"""What private data looks like in words: addresses, numbers and names known by their form alone. Pure,
and linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from helpdesk.lib.card_numbers import card_numbers
from helpdesk.lib.masking import fold

Place = tuple[int, int]  # where it begins, and where it has ended
LEAST_NAME: Final = 3
LEAST_KNOWN_NAME: Final = 2  # Bo, Li

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
PHONE = re.compile(
    r"(?<![\w/.-])(?:(?:\+|00|\(?0)\d(?:[ ()/.\u00a0-]{0,2}\d){5,14}"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?!\w)"  # as in North America: (555) 123-4567
)
SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
BIRTHDAY = re.compile(
    r"\b(?:born|birth\w*|dob|geb\w*)(?: (?:on|is|am|ist))?[ .:]{1,2}((?:\d{1,4}[./-]){2}\d{2,4})(?!\w)", re.IGNORECASE
)
ORDER = re.compile(
    r"(?:\b(?:order|invoice|booking|ticket|customer|contract|tracking|reference|case|bestell\w*|auftrag\w*|rechnung\w*"
    r"|kunden\w*|vertrag\w*|sendung\w*|commande|facture|pedido|factura|ordine)\b"
    r"(?:[ -]?(?:number|no|nr|id|code|nummer))?(?: (?:is|was|ist|war|lautet|est|es|è))?[ .:#№]{0,4}|#)"
    r"((?=[\w/-]*\d)[A-Za-z0-9][\w/-]{2,29})",
    re.IGNORECASE,
)
CODE = re.compile(
    r"(?<![\w/.@-])(?=[A-Za-z0-9-]*\d[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{8,64}(?![\w@])"
)
DIGITS = re.compile(r"(?<![\w.,:/-])\d{6,}(?![\w:/-]|[.,]\d)")
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
STREET = re.compile(
    r"\b(?:\d{1,5}[a-z]? (?:[A-Z][\w'’.-]{1,25} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Square|Sq|"
    r"Court|Ct|Close|Way|Place|Terrace|Boulevard|Blvd)\b\.?"
    r"|[A-ZÄÖÜ][\wäöüß.-]{1,30}(?:str\.|stra(?:ß|ss)e|weg|gasse|platz|allee|ring|ufer|damm) ?\d{1,4} ?[a-z]?\b"
    r"|\d{1,4},? (?:rue|avenue|place|boulevard|chemin|quai) (?:[\w'’-]{1,20} ?){1,4})"
)
TOWN = re.compile(  # 10115 Berlin, SW1A 1AA
    r"\b(?:(?:D-|A-|CH-)?\d{4,5} [A-ZÄÖÜ][\wäöüß-]{2,30}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b"
)
_LINK = re.compile(r"\bhttps?://[^\s<>\"')\]]{4,2000}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{2,4}){3,8}\b")
_NAME = r"[^\W\d_][\w'’-]{1,30}"
_SIGNED = re.compile(
    r"(?:^|\n)[ \t]*(?:(?:many |best |kind |warm )?(?:regards|wishes|thanks|greetings|cheers)|yours(?: \w+)?|love"
    r"|(?:mit |viele |liebe |beste |herzliche |freundliche[mn]? )*(?:grüße\w*|gruß|dank)"
    r"|cordialement|bien à vous|saludos)"
    r"[ \t]*[,.!]?[ \t]*\n+[ \t]*([^\W\d_][^\n]{1,60})",
    re.IGNORECASE,
)
_I_AM = re.compile(
    r"\b(?:[Mm]y name is|[Tt]his is|I[’']?m|I am|[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Ii]ch bin|[Jj]e m[’']appelle"
    rf"|[Mm]e llamo)\s+((?=[^a-z]){_NAME}(?: (?:(?:van|von|de|der|den|la|le) )*(?=[^a-z]){_NAME}){{0,3}})"
)
_GREETED = re.compile(
    r"(?:^|\n)[ \t]*(?:hi|hello|hey|dear|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|bonjour|hola"
    r"|ciao)(?: (?:mr|mrs|ms|dr|herr|frau|monsieur|madame)\.?)?[ \t]+"
    rf"((?:{_NAME} ?){{1,3}})[ \t]*(?=[,.!:\n]|$)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    "all everyone everybody team there support folks both sir madam zusammen alle leute damen herren tous todos again"
    .split()
)  # fmt: skip


def places_of(pattern: re.Pattern[str], group: int = 0) -> Callable[[str], Iterator[Place]]:
    return lambda text: (match.span(group) for match in pattern.finditer(text))


def personal_links(text: str) -> Iterator[Place]:
    """Addresses of one person: with a password or an e-mail address in them, or what looks like a key."""
    for match in _LINK.finditer(text):
        url = match[0].rstrip(".,;:!?")
        parts = urlsplit(url)
        values = [value for _name, value in parse_qsl(parts.query)] + parts.path.split("/") + [parts.fragment]
        if "@" in url or any(_looks_secret(value) for value in values):
            yield match.start(), match.start() + len(url)


def _looks_secret(value: str) -> bool:
    """Long, of letters and digits without the hyphens that words in addresses have; or a long number."""
    longest = max((len(piece) for piece in re.split(r"[-_.~]", value)), default=0)
    digits = sum(letter.isdigit() for letter in value)
    return (longest >= 16 and digits >= 2) or (len(value) >= 6 and digits == len(value)) or longest >= 32


def names(text: str) -> Iterator[Place]:
    """Of whoever signs, says who they are, or is greeted."""
    for pattern in (_SIGNED, _I_AM, _GREETED):
        for match in pattern.finditer(text):
            name = match[1].strip(" ,.!-")
            if len(name) >= LEAST_NAME and fold(name) not in _NOBODY and name[:1].isupper():
                start = text.index(name, match.start(1))
                yield start, start + len(name)


def cards(text: str) -> Iterator[Place]:
    after = 0
    for number in card_numbers(text):
        start = text.index(number, after)
        after = start + len(number)
        yield start, after


def accounts(text: str) -> Iterator[Place]:
    return (match.span() for match in _IBAN.finditer(text) if is_iban(match[0]))


def is_iban(written: str) -> bool:
    """ISO 13616: the letters as numbers, the first four at the end, leave 1 when divided by 97."""
    plain = re.sub(r"\s", "", written).upper()
    if not 15 <= len(plain) <= 34 or not plain.isascii() or not plain.isalnum():
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1
