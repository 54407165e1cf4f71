"""WhatsApp's templates: what they ask for, how they look filled in, and what is sent.

Variables are {{1}}, {{2}} … or have names; they stand in the header, the body and the addresses of buttons. A value is
called by its place: "body.1", "header.name", "button.0.1", "header.image".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from channels_app.models import MessageTemplate, TemplateState
from channels_app.shapes import at, thing, things, words
from helpdesk.lib.html import text_to_html
from tickets.routes import Filled
from tickets.services import Refused

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
MEDIA_FORMATS = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
PLAIN_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})
LONGEST = 1024  # characters of one value: what a whole body may have
NOT_IN_A_VALUE = re.compile(r"[\n\t]| {5,}")  # Meta refuses it there


@dataclass(frozen=True)
class Variable:
    key: str  # "body.1"
    place: str  # header | body | button
    name: str  # "1", "first_name", "image"
    example: str = ""
    kind: str = "text"  # or image, video, document: the https address of a file

    @property
    def label(self) -> str:
        if self.kind != "text":
            return {"image": _("Picture"), "video": _("Video")}.get(self.kind, _("Document"))
        return self.name if not self.name.isdecimal() else _("Variable %(number)s") % {"number": self.name}


def variables(template: MessageTemplate) -> list[Variable]:
    """All that has to be filled in, in the order of reading."""
    return list(_variables(template.components))


def _variables(components: object) -> Iterator[Variable]:
    for component in things(components):
        kind = words(component.get("type")).upper()
        form = words(component.get("format")).upper()
        if kind == "HEADER" and form in MEDIA_FORMATS:
            name = MEDIA_FORMATS[form]
            yield Variable(f"header.{name}", "header", name, kind=name)
        elif kind in ("HEADER", "BODY"):
            place = kind.lower()
            examples = _examples(component, place)
            for name in _names(component.get("text")):
                yield Variable(f"{place}.{name}", place, name, examples.get(name, ""))
        elif kind == "BUTTONS":
            yield from _of_buttons(things(component.get("buttons")))


def _of_buttons(buttons: list[dict[str, Any]]) -> Iterator[Variable]:
    for index, button in enumerate(buttons):
        kind = words(button.get("type")).upper()
        example = button.get("example")
        told = words(example[0]) if isinstance(example, list) and example else words(example)
        if kind == "COPY_CODE":
            yield Variable(f"button.{index}.code", "button", "code", told)
        elif kind == "URL":
            for name in _names(button.get("url")):
                yield Variable(f"button.{index}.{name}", "button", name, told)


def _names(text: object) -> list[str]:
    return list(dict.fromkeys(VARIABLE.findall(words(text))))


def _examples(component: dict[str, Any], place: str) -> dict[str, str]:
    """Named ones say their names; numbered ones are a list (for the body, a list of lists)."""
    example = thing(component.get("example"))
    named = {words(one.get("param_name")): words(one.get("example")) for one in _named_examples(example, place)}
    listed = example.get(f"{place}_text")
    if isinstance(listed, list) and listed and isinstance(listed[0], list):
        listed = listed[0]
    numbered = {str(number): words(value) for number, value in enumerate(listed if isinstance(listed, list) else [], 1)}
    return {**numbered, **named}


def _named_examples(example: dict[str, Any], place: str) -> list[dict[str, Any]]:
    return things(example.get(f"{place}_text_named_params"))


# -- how it looks -------------------------------------------------------------------------------------------------


def preview(template: MessageTemplate, values: Mapping[str, str]) -> str:
    """As the customer will read it; what is not filled in yet stays {{as it is}}."""
    return "\n\n".join(filter(None, _shown(template.components, values)))


def _shown(components: object, values: Mapping[str, str]) -> Iterator[str]:
    for component in things(components):
        kind = words(component.get("type")).upper()
        place = kind.lower()
        if kind in ("HEADER", "BODY", "FOOTER"):
            if words(component.get("format")).upper() not in MEDIA_FORMATS:
                yield _put_in(words(component.get("text")), place, values)
        elif kind == "BUTTONS":
            yield "\n".join(
                _button(index, button, values) for index, button in enumerate(things(component.get("buttons")))
            )


def _put_in(text: str, place: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: values.get(f"{place}.{match[1]}", "").strip() or match[0], text)


def _button(index: int, button: dict[str, Any], values: Mapping[str, str]) -> str:
    address = _put_in(words(button.get("url")), f"button.{index}", values) or words(button.get("phone_number"))
    return f"[{words(button.get('text'))}]" + (f" {address}" if address else "")


# -- what is sent -------------------------------------------------------------------------------------------------


def filled(template: MessageTemplate, values: Mapping[str, str]) -> Filled:
    """What the customer reads and what the Cloud API wants.

    Raises `Refused`: with field "template" where it may not be sent, with a variable's key where that is not right.
    """
    if reason := why_unusable(template):
        raise Refused(reason, field="template")
    for variable in variables(template):
        _check(variable, values.get(variable.key, "").strip())
    kept = {
        "id": template.pk,
        "name": template.name,
        "language": template.language,
        "parameters": {variable.key: values[variable.key].strip() for variable in variables(template)},
        "components": list(_parameters(template.components, values)),
    }
    return Filled(text_to_html(preview(template, values)), kept)


def why_unusable(template: MessageTemplate) -> str:
    """Why it can't be sent from here; empty where it can."""
    if template.state != TemplateState.APPROVED:
        return _("The template “%(name)s” is not approved by WhatsApp now: choose another.") % {"name": template.name}
    for component in things(template.components):
        kind, form = words(component.get("type")).upper(), words(component.get("format")).upper()
        buttons = {words(button.get("type")).upper() for button in things(component.get("buttons"))}
        is_plain = kind in ("BODY", "FOOTER") or (kind == "BUTTONS" and buttons <= PLAIN_BUTTONS)
        if not is_plain and not (kind == "HEADER" and form in ("", "TEXT", *MEDIA_FORMATS)):
            return _("The template “%(name)s” has parts that can't be filled in here.") % {"name": template.name}
    return ""


def _check(variable: Variable, value: str) -> None:
    if not value:
        raise Refused(_("“%(label)s” has to be filled in.") % {"label": variable.label}, field=variable.key)
    if variable.kind != "text" and not re.fullmatch(r"https://\S+\.\S+", value):
        raise Refused(_("The address of a file begins with https://."), field=variable.key)
    if len(value) > LONGEST or NOT_IN_A_VALUE.search(value):
        reason = _("“%(label)s” must be one line of at most %(limit)s characters.")
        raise Refused(reason % {"label": variable.label, "limit": LONGEST}, field=variable.key)


def _parameters(components: object, values: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The components of a message that fill in those of the template; one without variables is left out."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for variable in _variables(components):
        index = variable.key.split(".")[1] if variable.place == "button" else ""
        value = values[variable.key].strip()
        found.setdefault((variable.place, index), []).append(_parameter(variable, value))
    buttons = next((things(one.get("buttons")) for one in things(components) if one.get("type") == "BUTTONS"), [])
    for (place, index), parameters in found.items():
        component: dict[str, Any] = {"type": place, "parameters": parameters}
        if index:
            component |= {"sub_type": words(at(buttons[int(index)], "type")).lower(), "index": index}
        yield component


def _parameter(variable: Variable, value: str) -> dict[str, Any]:
    if variable.kind != "text":
        return {"type": variable.kind, variable.kind: {"link": value}}
    if variable.name == "code" and variable.place == "button":
        return {"type": "coupon_code", "coupon_code": value}
    parameter = {"type": "text", "text": value}
    is_named = not variable.name.isdecimal() and variable.place != "button"
    return {**parameter, "parameter_name": variable.name} if is_named else parameter
