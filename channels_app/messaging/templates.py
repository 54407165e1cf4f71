"""Templates that a provider has approved: which there are, their variables, and the words with those filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from channels_app.models import MessageTemplate, TemplateState
from helpdesk.lib.html import text_to_html
from tickets.routes import Filled
from tickets.services import Refused

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
PARTS = ("header", "body", "footer")
LONGEST_VALUE = 1024  # characters


@dataclass(frozen=True)
class Variable:
    """`name` as forms call it: the part it stands in, and its number or name there."""

    part: str
    key: str
    example: str = ""

    @property
    def name(self) -> str:
        return f"{self.part}.{self.key}"


def approved(account_id: int) -> list[MessageTemplate]:
    found = MessageTemplate.objects.filter(account=account_id, state=TemplateState.APPROVED)
    return [template for template in found if not needs_media(template)]


def needs_media(template: MessageTemplate) -> bool:
    """A picture or a file at its top, which we don't send with templates."""
    return any(
        _type(part) == "header" and str(part.get("format", "TEXT")).upper() != "TEXT" for part in template.components
    )


def words(template: MessageTemplate) -> dict[str, str]:
    """Its text by part: header, body, footer."""
    return {_type(part): str(part.get("text") or "") for part in template.components if _type(part) in PARTS}


def variables(template: MessageTemplate) -> list[Variable]:
    """In the order in which they are read, each once."""
    found = [Variable(part, key) for part, text in words(template).items() for key in VARIABLE.findall(text)]
    return list(dict.fromkeys(found))


def fill(account_id: int, chosen: Mapping[str, Any]) -> Filled:
    """`chosen`: name, language, parameters by the variables' names. Raises `Refused` where it can't be sent."""
    named = MessageTemplate.objects.filter(
        account=account_id, name=str(chosen.get("name", "")), language=str(chosen.get("language", ""))
    )
    template = named.first()
    if template is None or template.state != TemplateState.APPROVED or needs_media(template):
        raise Refused(_("This template can’t be sent: it is not approved, or no longer there."), field="template")
    given = {str(name): " ".join(str(value).split()) for name, value in (chosen.get("parameters") or {}).items()}
    wanted = variables(template)
    if missing := [each for each in wanted if not given.get(each.name)]:
        raise Refused(
            _("Fill in %(names)s.") % {"names": ", ".join("{{" + each.key + "}}" for each in missing)}, field="template"
        )
    if any(len(given[each.name]) > LONGEST_VALUE for each in wanted):
        raise Refused(_("This is longer than %(limit)s characters.") % {"limit": LONGEST_VALUE}, field="template")
    text = "\n\n".join(_filled(part, text, given) for part, text in words(template).items() if text)
    parameters = [{"part": each.part, "key": each.key, "text": given[each.name]} for each in sorted(wanted, key=_place)]
    facts = {"name": template.name, "language": template.language, "parameters": parameters}
    return Filled(text_to_html(text), facts)


def _place(variable: Variable) -> tuple[int, int]:
    """Numbers count, whichever stands first in the text."""
    return PARTS.index(variable.part), int(variable.key) if variable.key.isdigit() else 0


def _filled(part: str, text: str, given: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: given[f"{part}.{found[1]}"], text)


def _type(part: Mapping[str, Any]) -> str:
    return str(part.get("type", "")).lower()
