"""The rows of the list of customers, drawn here and not by the template engine (see rows.py for the reason)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.templatetags.ui import Ages, avatar
from tickets.customers.listing import Row

register = template.Library()
MOST_TAGS = 3
ROW = """\
<tr id="c{pk}">\
<td class="main">{face}<a href="/customers/{pk}/" dir="auto">{name}</a></td>\
<td><bdi>{known}</bdi></td>\
<td class="employer">{employer}</td>\
<td dir="auto">{tier}</td>\
<td>{tags}</td>\
<td>{owner}</td>\
<td class="n" data-of="{of_open}">{open}</td>\
<td data-of="{of_contact}">{contact}</td>\
<td class="created" data-of="{of_created}">{created}</td>\
</tr>
"""


@register.simple_tag
def customer_rows(rows: Iterable[Row]) -> SafeString:
    draw = _Draw()
    return mark_safe("".join(draw(row) for row in rows))  # noqa: S308 texts are escaped


class _Draw:
    def __init__(self) -> None:
        self._age = Ages(timezone.now())
        self._words = {
            "of_open": escape(_("Open tickets:")),
            "of_contact": escape(_("Last contact:")),
            "of_created": escape(_("Created:")),
        }

    def __call__(self, row: Row) -> str:
        customer = row.customer
        return ROW.format(
            pk=customer.pk,
            face=avatar(customer.initials, customer.hue, "sm"),
            name=escape(str(customer)),
            known=escape(row.identity.value) if row.identity else "",
            employer=_employer(row),
            tier=escape(customer.tier),
            tags=" ".join(f'<span class="tag">{escape(tag)}</span>' for tag in _few(customer.tags)),
            owner=escape(str(customer.owner)) if customer.owner else "",
            open=row.open_tickets or "",
            contact=self._age(row.last_contact) if row.last_contact else "",
            created=self._age(customer.created_at),
            **self._words,
        )


def _employer(row: Row) -> str:
    employer = row.customer.organisation
    if employer is None:
        return ""
    return f'<a href="/customers/organisations/{employer.pk}/" dir="auto">{escape(employer.name)}</a>'


def _few(tags: list[str]) -> list[str]:
    return tags if len(tags) <= MOST_TAGS else [*tags[: MOST_TAGS - 1], f"+{len(tags) - MOST_TAGS + 1}"]
