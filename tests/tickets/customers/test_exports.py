"""Lists leave as tables: what its reader sees, tamed for spreadsheets, and written down."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from customers.actors import Actor
from customers.imports import running, uploading
from customers.models import Customer, CustomField, Identity, ImportJob, ListExport, Organisation
from helpdesk.accounts.models import Team, User
from helpdesk.lib.spreadsheets import Cell, csv_bytes, tame, untame, xlsx_bytes
from tests.cast import open_for
from tickets.models import Ticket
from tickets.services import assign_team


def rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_customers_with_the_filter_of_the_list(client: Client, margaret: User, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(tags=["vip"], custom_fields={"size": "XL"})
    CustomField.objects.create(of="customer", key="size", title="Shirt size", kind="text")
    Identity.objects.create(customer=ada, kind="phone", value="+12025550143", proved_by="agent")
    Customer.objects.create(name="Bertha")
    client.force_login(margaret)
    head, *found = rows(client.get("/customers/export/"))
    assert [row[1] for row in found] == ["Bertha", "Ada Lovelace"]
    told = dict(zip(head, found[1], strict=True))
    assert (told["E-mail"], told["Tags"], told["Shirt size"]) == ("ada@example.org", "vip", "XL")
    assert told["Phone"] == "'+12025550143"
    assert [row[1] for row in rows(client.get("/customers/export/?q=ada"))[1:]] == ["Ada Lovelace"]
    taken = ListExport.objects.order_by("pk").last()
    assert taken and (taken.user, taken.what, taken.query, taken.rows, taken.format) == (
        margaret, "customers", "q=ada", 1, "csv",
    )  # fmt: skip


def test_what_was_taken_out_can_be_brought_back(client: Client, margaret: User, ada: Customer) -> None:
    Identity.objects.create(customer=ada, kind="phone", value="+12025550143", proved_by="agent")
    client.force_login(margaret)
    out = client.get("/customers/export/").getvalue()
    job = uploading.keep(ContentFile(out), "customers.csv", of="customer", user=margaret)
    running.begin(job, is_dry=True, now=timezone.now())
    running.run_job(job.pk)
    done = ImportJob.objects.get(pk=job.pk)
    assert (done.state, done.unchanged, done.updated, done.failed) == ("checked", 1, 0, 0), list(done.problems.values())


def test_organisations(client: Client, margaret: User) -> None:
    Organisation.objects.create(name='=HYPERLINK("http://evil")', domains=["a.example", "b.example"])
    client.force_login(margaret)
    (row,) = rows(client.get("/customers/organisations/export/"))[1:]
    assert row[1:3] == ['\'=HYPERLINK("http://evil")', "a.example b.example"]


def test_tickets_of_a_view_without_those_of_private_teams(
    client: Client, margaret: User, grace: User, radia: User, adas_ticket: Ticket
) -> None:
    secret = open_for(adas_ticket.requester, adas_ticket.inbox, "A confidential matter")
    assign_team(secret, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(radia))
    client.force_login(grace)
    assert client.get("/agent/list/export/").status_code == 403
    client.force_login(margaret)
    head, *found = rows(client.get("/agent/list/export/?view=all"))
    assert {row[1] for row in found} == set(Ticket.objects.visible_to(margaret).values_list("subject", flat=True))
    assert head[:3] == ["Number", "Subject", "Status"]
    assert rows(client.get("/agent/list/export/?view=solved"))[1:] == []
    assert client.get("/agent/list/export/?view=all&format=pdf").status_code == 404


def test_a_spreadsheet_that_others_can_open(client: Client, margaret: User, adas_ticket: Ticket) -> None:
    client.force_login(margaret)
    answer = client.get("/agent/list/export/?view=all&format=xlsx")
    sheet = load_workbook(BytesIO(answer.getvalue()), read_only=True).worksheets[0]
    head, row = sheet.iter_rows(values_only=True)
    assert (head[1], row[0], row[1]) == ("Subject", adas_ticket.pk, "The engine rattles")


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@x", "\tx", "\rx"])
def test_nothing_is_run(text: str) -> None:
    assert tame(text) == f"'{text}"
    assert untame(tame(text)) == text


def test_strange_letters_and_many_rows_are_kept() -> None:
    table: list[list[Cell]] = [["a\0b", "<&>\"'", "\ud800", "😀\n2", 7, None]] * 3000
    sheet = load_workbook(BytesIO(b"".join(xlsx_bytes(table))), read_only=True).worksheets[0]
    found = list(sheet.iter_rows(values_only=True))
    assert len(found) == 3000
    assert found[0] == ("a\ufffdb", "<&>\"'", "\ufffd", "😀\n2", 7, None)
    assert b"".join(csv_bytes(table)).startswith(b"\xef\xbb\xbf")
