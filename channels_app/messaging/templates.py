"""Templates that a provider has approved: which there are, their variables, and the words with those filled in.

Variables are {{1}}, {{2}} … or have names. They stand in the header, the body and the addresses of buttons; a picture,
a video or a document at the top is one as well, filled in with the address of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from channels_app.models import MessageTemplate, TemplateState
from channels_app.shapes import thing, things
from channels_app.shapes import words as word
from helpdesk.lib.html import text_to_html
from tickets.routes import Filled
from tickets.services import Refused

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
PARTS = ("header", "body", "footer")
MEDIA = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
CODE = "code"  # of a button that copies it
BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})
LONGEST_VALUE = 1024  # characters
FILE_ADDRESS = re.compile(r"https://\S+\.\S+")


@dataclass(frozen=True)
class Variable:
    """`name` as forms call it: the part it stands in (header, body, button.0 …), and its number or name there."""

    part: str
    key: str
    example: str = ""
    kind: str = "text"  # or image, video, document: the address of such a file

    @property
    def name(self) -> str:
        return f"{self.part}.{self.key}"

    @property
    def label(self) -> str:
        if self.kind != "text":
            return {"image": _("Picture (address)"), "video": _("Video (address)")}.get(
                self.kind, _("Document (address)")
            )
        return "{{" + self.key + "}}"


def approved(account_id: int) -> list[MessageTemplate]:
    found = MessageTemplate.objects.filter(account=account_id, state=TemplateState.APPROVED)
    return [template for template in found if not why_unusable(template)]


def why_unusable(template: MessageTemplate) -> str:
    """Why it can't be sent from here; empty where it can."""
    if template.state != TemplateState.APPROVED:
        return _("This template can’t be sent: it is not approved, or no longer there.")
    for part in things(template.components):
        form = word(part.get("format")).upper()
        buttons = {word(button.get("type")).upper() for button in things(part.get("buttons"))}
        is_plain = _type(part) in ("body", "footer") or (_type(part) == "buttons" and buttons <= BUTTONS)
        if not is_plain and not (_type(part) == "header" and form in ("", "TEXT", *MEDIA)):
            return _("This template has parts that can’t be filled in here.")
    return ""


def words(template: MessageTemplate) -> dict[str, str]:
    """Its text by part: header, body, footer."""
    return {_type(part): word(part.get("text")) for part in things(template.components) if _type(part) in PARTS}


def variables(template: MessageTemplate) -> list[Variable]:
    """In the order in which they are read, each once."""
    return list(dict.fromkeys(_variables(template)))


def _variables(template: MessageTemplate) -> Iterator[Variable]:
    for part in things(template.components):
        form = word(part.get("format")).upper()
        if _type(part) == "header" and form in MEDIA:
            yield Variable("header", MEDIA[form], kind=MEDIA[form])
        elif _type(part) in PARTS:
            examples = _examples(part)
            for key in VARIABLE.findall(word(part.get("text"))):
                yield Variable(_type(part), key, examples.get(key, ""))
        for place, button in enumerate(things(part.get("buttons"))):
            yield from _of_button(f"button.{place}", button)


def _of_button(part: str, button: Mapping[str, Any]) -> Iterator[Variable]:
    given = button.get("example")
    example = word(given[0]) if isinstance(given, list) and given else word(given)
    if word(button.get("type")).upper() == "COPY_CODE":
        yield Variable(part, CODE, example)
    url = word(button.get("url"))
    for key in VARIABLE.findall(url):  # it stands at the end; the example is the whole address
        yield Variable(part, key, example.removeprefix(url.partition("{{")[0]))


def _examples(part: Mapping[str, Any]) -> dict[str, str]:
    """Named ones say their names; numbered ones are a list (for the body, a list of lists)."""
    example, place = thing(part.get("example")), f"{_type(part)}_text"
    listed = example.get(place)
    if isinstance(listed, list) and listed and isinstance(listed[0], list):
        listed = listed[0]
    numbered = {str(at): word(value) for at, value in enumerate(listed if isinstance(listed, list) else [], 1)}
    named = {
        word(each.get("param_name")): word(each.get("example")) for each in things(example.get(f"{place}_named_params"))
    }
    return {**numbered, **named}


def preview(template: MessageTemplate, given: Mapping[str, str]) -> str:
    """As the customer will read it; what is not filled in yet stays {{as it is}}."""
    texts = [_filled(part, text, given) for part, text in words(template).items()]
    for part in things(template.components):
        for place, button in enumerate(things(part.get("buttons"))):
            address = _filled(f"button.{place}", word(button.get("url")), given)
            texts.append(f"[{word(button.get('text'))}] {address}".strip())
    return "\n\n".join(filter(None, texts))


def fill(account_id: int, chosen: Mapping[str, Any]) -> Filled:
    """`chosen`: name, language, parameters by the variables' names. Raises `Refused` where it can't be sent."""
    template = MessageTemplate.objects.filter(
        account=account_id, name=str(chosen.get("name", "")), language=str(chosen.get("language", ""))
    ).first()
    if template is None:
        raise Refused(_("This template can’t be sent: it is not approved, or no longer there."), field="template")
    if reason := why_unusable(template):
        raise Refused(reason, field="template")
    given = {str(name): " ".join(str(value).split()) for name, value in (chosen.get("parameters") or {}).items()}
    wanted = sorted(variables(template), key=_place)
    _check(wanted, given)
    facts = {
        "name": template.name,
        "language": template.language,
        "parameters": [_parameter(each, given[each.name]) for each in wanted],
    }
    return Filled(text_to_html(preview(template, given)), facts)


def _check(wanted: list[Variable], given: Mapping[str, str]) -> None:
    if missing := [each for each in wanted if not given.get(each.name)]:
        raise Refused(_("Fill in %(names)s.") % {"names": ", ".join(each.label for each in missing)}, field="template")
    for each in wanted:
        if len(given[each.name]) > LONGEST_VALUE:
            words_ = _("This is longer than %(limit)s characters.")
            raise Refused(words_ % {"limit": LONGEST_VALUE}, field="template")
        if each.kind != "text" and not FILE_ADDRESS.fullmatch(given[each.name]):
            raise Refused(_("The address of a file begins with https://."), field="template")


def _parameter(variable: Variable, text: str) -> dict[str, str]:
    kind = {} if variable.kind == "text" else {"kind": variable.kind}
    return {"part": variable.part, "key": variable.key, "text": text, **kind}


def _place(variable: Variable) -> tuple[int, str, int]:
    """Numbers count, whichever stands first in the text. Buttons come last."""
    part = PARTS.index(variable.part) if variable.part in PARTS else len(PARTS)
    return part, variable.part, int(variable.key) if variable.key.isdecimal() else 0


def _filled(part: str, text: str, given: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: given.get(f"{part}.{found[1]}", "") or found[0], text)


def _type(part: Mapping[str, Any]) -> str:
    return word(part.get("type")).lower()
