"""Imports: read in any charset, checked row by row, written in chunks, and taken up again."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from customers.imports import running, uploading
from customers.imports.people import People
from customers.imports.reading import Unreadable, shape_of
from customers.imports.targets import guess
from customers.models import Customer, Identity, ImportJob, ImportState, Organisation, RecordEvent
from helpdesk.accounts.models import User

TABLE = """name;e-mail;Telefon;Firma;tags
Grace Brewster;GRACE@navy.example;+1 202 555 0143;Navy;vip, admiral
Ada Lovelace;ada@example.org;;Analytical;vip
"""


def job_of(text: str | bytes, user: User, of: str = "customer", name: str = "people.csv", **options: Any) -> ImportJob:
    data = text.encode() if isinstance(text, str) else text
    job = uploading.keep(ContentFile(data), name, of=of, user=user)
    for option, value in options.items():
        setattr(job, option, value)
    job.save()
    return job


def run(job: ImportJob, *, is_dry: bool = False) -> ImportJob:
    """The check, and then the import."""
    for dry in (True,) if is_dry else (True, False):
        assert running.begin(job, is_dry=dry, now=timezone.now())
        while running.run_job(job.pk):
            pass
    return ImportJob.objects.get(pk=job.pk)


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created, job.updated, job.unchanged, job.failed


def problems(job: ImportJob) -> list[tuple[int, str]]:
    return list(job.problems.values_list("row", "column"))


def test_customers_are_created_and_changed_with_an_audit(margaret: User, ada: Customer) -> None:
    job = run(job_of(TABLE, margaret))
    assert (job.state, *counts(job)) == ("done", 1, 1, 0, 0)
    grace = Customer.objects.get(name="Grace Brewster")
    assert sorted(grace.identities.values_list("kind", "value", "proved_by")) == [
        ("email", "grace@navy.example", "import"),
        ("phone", "+12025550143", "import"),
    ]
    assert (grace.organisation and grace.organisation.name, grace.tags) == ("Navy", ["vip", "admiral"])
    ada.refresh_from_db()
    assert (ada.organisation and ada.organisation.name, ada.tags) == ("Analytical", ["vip"])
    created = RecordEvent.objects.get(customer=grace)
    assert (created.kind, created.payload, created.actor_user) == ("record.created", {"by": "import"}, margaret)
    changed = RecordEvent.objects.filter(customer=ada, kind="record.changed").order_by("pk")
    assert {event.payload["field"]: event.payload["new"] for event in changed} == {
        "organisation": "Analytical",
        "tags": ["vip"],
    }


def test_a_check_writes_nothing(margaret: User, ada: Customer) -> None:
    before = (Customer.objects.count(), Organisation.objects.count(), RecordEvent.objects.count())
    job = run(job_of(TABLE, margaret), is_dry=True)
    assert (job.state, *counts(job)) == ("checked", 1, 1, 0, 0)
    assert (Customer.objects.count(), Organisation.objects.count(), RecordEvent.objects.count()) == before


def test_the_same_file_twice_changes_nothing(margaret: User) -> None:
    run(job_of(TABLE, margaret))
    assert counts(run(job_of(TABLE, margaret))) == (0, 0, 2, 0)


def test_without_updates_what_is_there_stays(margaret: User, ada: Customer) -> None:
    job = run(job_of(TABLE, margaret, update_existing=False))
    assert counts(job) == (1, 0, 1, 0)
    ada.refresh_from_db()
    assert ada.organisation is None


def test_what_is_wrong_is_said_by_row_and_column_and_the_row_left_out(margaret: User, ada: Customer) -> None:
    table = """name,email,phone,language,organisation,owner
A,nobody,,,,
B,b@example.org,12,,,
C,c@example.org,,klingon,,
,,,,,
D,d@example.org,,,,stranger@example.org
E,e@example.org,,,,
,,,de,,
"""
    job = run(job_of(table, margaret))
    assert counts(job)[0] == 1
    assert problems(job) == [(2, "email"), (3, "phone"), (4, "language"), (6, "owner"), (8, "")]
    assert Customer.objects.exclude(pk=ada.pk).get().name == "E"


def test_two_rows_of_one_person_are_one_person(margaret: User) -> None:
    table = "name,email,phone,location\nEve,eve@example.org,,Rome\n,EVE@example.org,+12025550143,Paris\n"
    job = run(job_of(table, margaret))
    assert counts(job) == (1, 1, 0, 0)
    eve = Customer.objects.get()
    assert (eve.name, eve.location, eve.identities.count()) == ("Eve", "Paris", 2)


def test_addresses_of_two_records_in_one_row_are_refused(margaret: User, ada: Customer) -> None:
    other = Customer.objects.create(name="Other")
    Identity.objects.create(customer=other, kind="external", value="7", proved_by="api")
    job = run(job_of("external id,email\n7,ada@example.org\n", margaret))
    assert problems(job) == [(2, "email")]
    assert Identity.objects.count() == 2


def test_names_in_two_columns_and_own_charset(margaret: User) -> None:
    table = "Vorname;Nachname;E-Mail-Adresse\nJürgen;Groß;j@example.org\nZoë;Müller;z@example.org\n"
    job = job_of(table.encode("windows-1252"), margaret)
    assert (job.encoding, job.delimiter) == ("windows-1252", ";")
    run(job)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Jürgen Groß", "Zoë Müller"}


def test_marks_and_utf16(margaret: User) -> None:
    assert job_of("\ufeffname,email\nA,a@example.org\n", margaret).header == ["name", "email"]
    job = job_of("name\temail\nÅsa\ta@example.org\n".encode("utf-16"), margaret)
    assert (job.encoding, job.delimiter, job.sample[0][0]) == ("utf-16", "\t", "Åsa")


def test_the_wrong_charset_is_told_at_row_and_column(margaret: User) -> None:
    job = job_of("name,ort\nAda,London\nJürgen,Köln\n".encode("windows-1252"), margaret)
    with pytest.raises(Unreadable) as refusal:
        uploading.read_again(job, encoding="utf-8", delimiter=",")
    assert (refusal.value.row, refusal.value.column) == (3, 1)
    assert "0xFC" in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "row", "column"),
    [
        (b"a," * 10_000_000, 1, 201),
        (b"a,b\n" + b"1," * 300 + b"\n", 2, 201),
        (b"a\n" + b"x" * 2_000_000, 2, 0),
        (b'a,b\n1,"never closed\n' + b"x,y\n" * 50_000, 2, 0),
        (b"a,b\n1," + b"x" * 10_001 + b"\n", 2, 2),
        (b"a,b\n1,\0\n", 2, 0),
        (b"", 0, 0),
        (b"name,email\n", 0, 0),
        (b"\n\n", 0, 0),
        (b"PK\x03\x04 not a zip", 0, 0),
        (b"\xd0\xcf\x11\xe0 old excel", 0, 0),
    ],
)
def test_what_cannot_be_a_table(margaret: User, data: bytes, row: int, column: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        job_of(data, margaret)
    assert (refusal.value.row, refusal.value.column) == (row, column)
    assert not ImportJob.objects.exists()


def test_a_fault_far_down_is_found_by_the_check(margaret: User) -> None:
    table = "name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(700)) + "x" * 20_000 + ",y\n"
    job = run(job_of(table, margaret), is_dry=True)
    assert (job.state, job.reason.startswith("Row 702, column 1")) == ("failed", True)
    assert not Customer.objects.exists()


def sheet(*rows: list[Any]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet(margaret: User) -> None:
    data = sheet(["Name", "Phone", "External ID"], ["Ada", "+1 202 555 0143", 1042], ["Grace", None, 1043.0])
    job = job_of(data, margaret, name="people.xlsx")
    assert (job.kind, job.mapping) == ("xlsx", ["name", "phone", "external_id"])
    assert counts(run(job)) == (2, 0, 0, 0)
    assert set(Identity.objects.filter(kind="external").values_list("value", flat=True)) == {"1042", "1043"}


def test_a_spreadsheet_bomb() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(450):
                part.write(b" " * 1024 * 1024)
    with pytest.raises(Unreadable, match="too large"):
        shape_of(out, "bomb.xlsx")


def workbook(sheet_xml: bytes) -> bytes:
    """A spreadsheet whose sheet is these bytes."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(sheet(["name"], ["Ada"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet_xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return out.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (workbook(SHEET + b"<row>" + b"<c/>" * 10_000_000 + b"</row></sheetData></worksheet>"), "200 columns"),
        (workbook(SHEET + b'<row><c t="inlineStr"><is><t>name</t></is></c></row><row><c>'), "broken"),
        (workbook(SHEET + b'<row><c r="1A1"><v>x</v></c></row></sheetData></worksheet>'), "."),
        (workbook(SHEET + b'<row><c t="s"><v>99</v></c></row></sheetData></worksheet>'), "broken"),
        (b"\xff\xfea", "UTF-16"),
        (b"\xff\xfen\0a\0\n\0\x00\xd8\n\0", "UTF-16"),
    ],
)
def test_files_that_were_made_to_break_something(margaret: User, data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        job_of(data, margaret, name="people.xlsx")


def test_a_sheet_that_breaks_off_far_down_is_found_by_the_check(margaret: User) -> None:
    rows = b"".join(b'<row><c t="inlineStr"><is><t>P%d</t></is></c></row>' % number for number in range(30_000))
    data = workbook(
        SHEET.replace(b"<sheetData>", b'<dimension ref="A1:A9"/><sheetData>')
        + b'<row><c t="inlineStr"><is><t>name</t></is></c></row>'
        + rows
        + b"<row><c>"
    )
    job = run(job_of(data, margaret, name="people.xlsx"), is_dry=True)
    assert (job.state, "broken" in job.reason) == ("failed", True)
    assert not running.begin(job, is_dry=False, now=timezone.now())
    assert not Customer.objects.exists()


def test_bytes_of_no_charset_at_all_can_be_looked_at(margaret: User) -> None:
    assert job_of(b"name\n\x81\x8d\x8f\x90\x9d\xff\n", margaret).sample


def test_organisations(margaret: User) -> None:
    Organisation.objects.create(name="Navy")
    table = "Company,Domains,External id,Parent\nNavy,navy.example,N1,\nFleet,,F1,Navy\nLoop,not a domain!,,\n"
    job = run(job_of(table, margaret, of="organisation", mapping=["name", "domains", "external_id", "parent"]))
    assert counts(job) == (1, 1, 0, 1)
    assert problems(job) == [(4, "Domains")]
    fleet = Organisation.objects.get(name="Fleet")
    assert (fleet.parent and fleet.parent.domains, fleet.external_id) == (["navy.example"], "F1")


def test_columns_are_guessed_once_each(db: None) -> None:
    header = ["Full Name", "E-Mail", "Mail", "Company name", "Shoe size", "customer_id"]
    assert guess(header, "customer") == ["name", "email", "", "organisation", "", "external_id"]


def test_a_worker_that_died_is_taken_over_where_nothing_is_written(margaret: User) -> None:
    table = "name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(1200))
    job = job_of(table, margaret)
    run(job, is_dry=True)
    running.begin(job, is_dry=False, now=timezone.now())
    assert running.run_job(job.pk, seconds=0)  # one chunk, then it is killed
    half = ImportJob.objects.get(pk=job.pk)
    assert (half.position, Customer.objects.count()) == (500, 500)
    assert running.due_jobs(now=timezone.now()) == []
    later = timezone.now() + timedelta(minutes=2)
    assert running.due_jobs(now=later) == [job.pk]
    while running.run_job(job.pk):
        pass
    done = ImportJob.objects.get(pk=job.pk)
    assert (done.state, done.created, Customer.objects.count()) == ("done", 1200, 1200)
    assert RecordEvent.objects.filter(kind="record.created").count() == 1200


def test_it_can_be_stopped(margaret: User) -> None:
    table = "name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(1200))
    job = job_of(table, margaret)
    run(job, is_dry=True)
    running.begin(job, is_dry=False, now=timezone.now())
    running.run_job(job.pk, seconds=0)
    running.cancel(job, now=timezone.now())
    assert not running.run_job(job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == ImportState.CANCELLED
    assert Customer.objects.count() == 500


def test_what_was_stopped_goes_on_and_doubles_nobody(margaret: User) -> None:
    """Rows without any address are told from one another by nothing but their place in the file."""
    job = run(job_of("name\n" + "".join(f"P{n}\n" for n in range(1200)), margaret), is_dry=True)
    running.begin(job, is_dry=False, now=timezone.now())
    running.run_job(job.pk, seconds=0)
    running.cancel(job, now=timezone.now())
    assert not running.run_job(job.pk)
    assert not running.begin(job, is_dry=True, now=timezone.now())
    assert running.begin(job, is_dry=False, now=timezone.now())
    while running.run_job(job.pk):
        pass
    done = ImportJob.objects.get(pk=job.pk)
    assert (done.state, done.created, Customer.objects.count()) == ("done", 1200, 1200)


def test_a_fault_of_ours_stops_it_where_it_is_and_it_goes_on_from_there(
    margaret: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of("name\n" + "".join(f"P{n}\n" for n in range(700)), margaret)
    run(job, is_dry=True)
    running.begin(job, is_dry=False, now=timezone.now())
    assert running.run_job(job.pk, seconds=0)

    def break_down(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("P501")

    with monkeypatch.context() as broken:
        broken.setattr(People, "write", break_down)
        assert not running.run_job(job.pk)
    stopped = ImportJob.objects.get(pk=job.pk)
    assert (stopped.state, stopped.position) == (ImportState.CANCELLED, 500) and "row 501" in stopped.reason
    assert running.begin(job, is_dry=False, now=timezone.now())
    assert not running.run_job(job.pk)
    done = ImportJob.objects.get(pk=job.pk)
    assert (done.state, done.reason, done.created, Customer.objects.count()) == ("done", "", 700, 700)


def test_a_check_that_was_stopped_has_to_be_done_again(margaret: User) -> None:
    job = job_of(TABLE, margaret)
    running.begin(job, is_dry=True, now=timezone.now())
    running.cancel(job, now=timezone.now())
    assert not running.run_job(job.pk)
    assert not running.begin(job, is_dry=False, now=timezone.now())
    assert running.begin(job, is_dry=True, now=timezone.now())


def test_nothing_is_written_that_was_not_checked(margaret: User) -> None:
    assert not running.begin(job_of(TABLE, margaret), is_dry=False, now=timezone.now())


def test_the_pages(client: Client, margaret: User, grace: User, radia: User) -> None:
    client.force_login(grace)
    assert client.get("/customers/import/").status_code == 403
    client.force_login(margaret)
    bad = client.post("/customers/import/", {"of": "customer", "file": SimpleUploadedFile("x.csv", b"a,b\n1,\0\n")})
    assert bad.status_code == 422
    assert "Row 2" in bad.content.decode()
    file = SimpleUploadedFile("people.csv", b"name,email\nAda,ada@example.org\n=1+1,nobody\n")
    page = client.post("/customers/import/", {"of": "customer", "file": file})
    address = page["Location"]
    assert "What do the columns mean?" in client.get(address).content.decode()
    twice = client.post(f"{address}mapping/", {"column_0": "name", "column_1": "name", "match_by": "any"})
    assert twice.status_code == 422
    client.post(f"{address}mapping/", {"column_0": "name", "column_1": "email", "match_by": "any"})
    job = ImportJob.objects.get()
    assert job.state == "checking"
    running.run_job(job.pk)
    assert "Import them" in client.get(address).content.decode()
    listed = client.get(f"{address}problems.csv")
    assert b"3,email,nobody" in listed.getvalue()
    client.post(f"{address}run/")
    running.run_job(job.pk)
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert Customer.objects.get().name == "Ada"
    client.force_login(radia)
    assert client.get(address).status_code == 200
    other = User.objects.create_user("lead2@onethread.test", "demo", name="Other", role="lead")
    client.force_login(other)
    assert client.get(address).status_code == 404


def test_old_files_go(margaret: User) -> None:
    run(job_of(TABLE, margaret))
    assert running.delete_old(now=timezone.now()) == 0
    assert running.delete_old(now=timezone.now() + timedelta(days=31)) == 1
    assert not ImportJob.objects.exists()
