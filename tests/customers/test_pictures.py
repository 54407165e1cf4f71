"""Whatever is uploaded, only a small square that we drew is kept; and what is no picture is refused."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from customers.actors import Actor
from customers.dates import add_date, coming, next_time, remove_date
from customers.errors import Refused
from customers.models import Customer, RecordEvent
from customers.pictures import SIDE, remove_picture, set_picture, square
from helpdesk.accounts.models import User


def picture(width: int = 400, height: int = 300, form: str = "PNG", colour: str = "red", **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is `side` pixels wide and high."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_any_picture_becomes_a_small_square(form: str) -> None:
    drawn = Image.open(BytesIO(square(picture(form=form))))
    assert (drawn.format, drawn.size) == ("WEBP", (SIDE, SIDE))


def test_nothing_that_was_hidden_in_it_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    drawn = square(picture(form="JPEG", exif=exif, comment=b"<script>") + b"PK\x03\x04 a zip behind it")
    assert b"taken at home" not in drawn and b"<script>" not in drawn and b"PK" not in drawn
    assert not Image.open(BytesIO(drawn)).getexif()


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture()[:200],
        b"GIF89a" + b"\xff" * 40,
        b"%PDF-1.7 not a picture",
        picture(form="TIFF"),
    ],
)
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(Refused, match="no picture") as refused:
        square(upload)
    assert refused.value.field == "picture"


@pytest.mark.parametrize("side", [6_000, 20_000, 2_000_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    with pytest.raises(Refused, match="too large"):
        square(bomb(side))


@given(st.binary(max_size=200), st.integers(0, 400))
@settings(max_examples=80, deadline=None)
def test_broken_pictures_are_refused_and_break_nothing(noise: bytes, at: int) -> None:
    whole = picture(20, 20, "JPEG")
    try:
        assert square(whole[:at] + noise + whole[at:])
    except Refused:
        return


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_stored_shown_and_forgotten(ada: Customer, grace: User) -> None:
    actor = Actor.agent(grace)
    first = set_picture(ada, ContentFile(picture()), actor=actor).avatar
    assert default_storage.exists(first)
    second = set_picture(ada, ContentFile(picture(colour="blue")), actor=actor).avatar
    assert not default_storage.exists(first) and default_storage.exists(second)
    assert set_picture(ada, ContentFile(picture(colour="blue")), actor=actor).avatar == second
    assert remove_picture(ada, actor=actor).avatar == "" and not default_storage.exists(second)
    events = RecordEvent.objects.filter(customer=ada, kind="picture.changed")
    assert [event.payload["is_there"] for event in events] == [True, True, False]


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "is_yearly", "on"),
    [
        (date(1990, 11, 22), True, date(2026, 11, 22)),
        (date(1990, 11, 21), True, date(2027, 11, 21)),
        (date(1992, 2, 29), True, date(2027, 2, 28)),
        (date(2030, 5, 1), True, date(2030, 5, 1)),
        (date(2026, 11, 1), False, date(2026, 11, 1)),
    ],
)
def test_a_day_comes_again_if_it_is_yearly(day: date, is_yearly: bool, on: date) -> None:
    assert next_time(day, is_yearly, TODAY) == on


@pytest.mark.django_db
def test_dates_come_the_soonest_first(ada: Customer, grace: User) -> None:
    actor = Actor.agent(grace)
    add_date(ada, "Birthday", date(1815, 12, 10), is_yearly=True, actor=actor)
    add_date(ada, "Contract ends", date(2026, 11, 30), is_yearly=False, actor=actor)
    over = add_date(ada, "Moved", date(2026, 1, 1), is_yearly=False, actor=actor)
    add_date(ada, "Moved", date(2026, 1, 1), is_yearly=False, actor=actor)
    assert [(one.row.label, one.days) for one in coming(ada.important_dates.all(), TODAY)] == [
        ("Contract ends", 8),
        ("Birthday", 18),
        ("Moved", -325),
    ]
    remove_date(over, actor=actor)
    remove_date(over, actor=actor)
    with pytest.raises(Refused, match="what day"):
        add_date(ada, "  ", TODAY, is_yearly=False, actor=actor)
    kinds = list(RecordEvent.objects.filter(customer=ada).values_list("kind", flat=True))
    assert kinds == ["date.added"] * 3 + ["date.removed"]
