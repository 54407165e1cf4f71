"""Suggestions while somebody types: organisations by name, and what other records have in the same column."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.folding import Folded, fold_name
from customers.models import Organisation
from customers.views.support import StaffRequest, staff_only

AT_ONCE = 12
LOOKED_AT = 20_000  # the newest records: a column without an index is not searched to its end for a suggestion
IN_USE = """
SELECT word FROM (
  SELECT {word} AS word FROM (SELECT {column} FROM customers_customer ORDER BY id DESC LIMIT %(limit)s) c
  UNION ALL
  SELECT {word} AS word FROM (SELECT {organisation} FROM customers_organisation ORDER BY id DESC LIMIT %(limit)s) o
) words WHERE word <> '' AND word ILIKE %(like)s GROUP BY word ORDER BY count(*) DESC, word LIMIT %(most)s
"""
COLUMNS = ("tier", "account_type", "location", "tags")


@require_GET
@staff_only
def suggestions(request: StaffRequest) -> HttpResponse:
    """The options of a datalist for ?field=…; what was typed so far comes under the field's own name."""
    field = request.GET.get("field", "")
    typed = " ".join((request.GET.get(field, "") or request.GET.get("parent", "")).replace("\0", "").split())[:80]
    if field == "organisation" or field == "parent":
        found = _organisations(typed)
    elif field in COLUMNS:
        found = _in_use(field, typed)
    else:
        raise Http404
    return render(request, "customers/_suggestions.html", {"found": found})


def _organisations(typed: str) -> list[str]:
    named = Organisation.objects.alias(folded=Folded("name")).filter(folded__contains=fold_name(typed))
    return list(named.order_by("name").values_list("name", flat=True)[:AT_ONCE])


def _in_use(column: str, typed: str) -> list[str]:
    word = "unnest(tags)" if column == "tags" else column
    organisation = "''::text AS location" if column == "location" else column
    like = typed.rpartition(",")[2].strip() if column == "tags" else typed
    escaped = like.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(
            IN_USE.format(word=word, column=column, organisation=organisation),
            {"limit": LOOKED_AT, "like": f"%{escaped}%", "most": AT_ONCE},
        )
        return [row[0] for row in cursor.fetchall()]
