"""Pictures: what is taken, how it is kept, and who may see it."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from helpdesk.accounts.models import User
from knowledge_base.addresses import picture_path
from knowledge_base.blocks import create_block, delete_block
from knowledge_base.errors import Refused
from knowledge_base.models import AudienceKind, Picture, Translation
from knowledge_base.picture_upkeep import delete_unused
from knowledge_base.pictures import take_picture
from knowledge_base.publishing import archive, publish, unpublish
from knowledge_base.writing import create_article, save_draft
from tests.knowledge_base.editor.conftest import image, new_section, signed_in


def taken(content: bytes, name: str = "brake.png") -> Picture:
    return take_picture(io.BytesIO(content), name, by=None)


def shown_in(article: Translation, picture: Picture) -> Translation:
    body = f'<p>See:</p><img data-picture="{picture.pk}" alt="A brake">'
    now = Translation.objects.get(pk=article.pk)
    return save_draft(now, version=now.version, title="Brakes", summary="", body=body, by=None)


def test_an_upload_is_told_by_number_address_and_size(grace: User) -> None:
    file = SimpleUploadedFile("brake.png", image((40, 30)))

    answer = signed_in(grace).post(reverse("knowledge-pictures"), {"file": file})

    assert answer.status_code == 201
    picture = Picture.objects.get()
    assert answer.json() == {"id": picture.pk, "url": picture_path(picture), "width": 40, "height": 30}
    assert picture.uploaded_by == grace


def test_the_same_picture_is_kept_once(db: None) -> None:
    assert taken(image()) == taken(image(), "again.png")
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo.svg"),
        (b"<html><script>alert(1)</script></html>", "photo.png"),
        (b"MZ\x90\x00", "photo.jpg"),
        (b"", "empty.png"),
        (image()[:60], "half.png"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(db: None, content: bytes, name: str) -> None:
    with pytest.raises(Refused, match=name):
        taken(content, name)
    assert not Picture.objects.exists()


def test_a_picture_that_would_fill_the_memory_is_refused(db: None) -> None:
    small_file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(small_file, "PNG")

    with pytest.raises(Refused, match="pixels"):
        taken(small_file.getvalue())


def test_a_photograph_loses_where_it_was_taken_and_stands_upright(db: None) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Secret Camera"
    picture = taken(image((60, 40), "JPEG", exif=exif), "photo.jpg")

    assert (picture.width, picture.height) == (40, 60)
    with default_storage.open(picture.file) as file:
        kept = file.read()
    assert b"Secret" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_picture_wider_than_any_page_is_made_smaller(db: None) -> None:
    picture = taken(image((4800, 100)))

    assert (picture.width, picture.height) == (2400, 50)


def test_nobody_sees_the_picture_of_a_draft_but_those_who_work_here(article: Translation, grace: User) -> None:
    picture = taken(image())
    draft = shown_in(article, picture)
    path = picture_path(picture)

    assert Client().get(path).status_code == 404
    assert signed_in(grace).get(path).status_code == 200
    publish(draft, by=grace)
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"].startswith("public")
    assert Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_picture_goes_with_its_article(article: Translation, grace: User) -> None:
    picture = taken(image())
    published = publish(shown_in(article, picture), by=grace)
    unpublish(published, by=grace)
    assert Client().get(picture_path(picture)).status_code == 404

    publish(published, by=grace)
    archive(published.article, by=grace)
    assert Client().get(picture_path(picture)).status_code == 404


@pytest.mark.parametrize("audience", [AudienceKind.SIGNED_IN, AudienceKind.STAFF])
def test_a_picture_for_some_is_kept_by_no_one_in_between(audience: str, grace: User) -> None:
    picture = taken(image())
    article = create_article(new_section(audience), "en", by=grace, title="Inside")
    publish(shown_in(article, picture), by=grace)

    assert Client().get(picture_path(picture)).status_code == 404
    assert signed_in(grace).get(picture_path(picture))["Cache-Control"] == "private, no-cache"


def test_a_picture_in_a_block_is_seen_by_readers_of_what_holds_the_block(article: Translation, grace: User) -> None:
    picture = taken(image())
    block = create_block("Brake", {"en": f'<img data-picture="{picture.pk}" alt="A brake">'}, by=grace)
    assert Client().get(picture_path(picture)).status_code == 404

    body = f'<div data-block="{block.pk}"></div>'
    now = save_draft(article, version=1, title="Brakes", summary="", body=body, by=grace)
    publish(now, by=grace)

    assert Client().get(picture_path(picture)).status_code == 200


def test_a_number_alone_or_a_wrong_hash_leads_nowhere_for_strangers(article: Translation, grace: User) -> None:
    picture = taken(image())
    publish(shown_in(article, picture), by=grace)

    assert Client().get(f"/hc/pictures/{picture.pk}").status_code == 404
    assert Client().get(f"/hc/pictures/{picture.pk}-0000.png").status_code == 404
    assert signed_in(grace).get(f"/hc/pictures/{picture.pk}").status_code == 200


def after(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_a_picture_that_no_text_shows_is_deleted_after_a_week_with_its_file(db: None) -> None:
    picture = taken(image())

    assert delete_unused(now=after(6.9)) == 0
    assert delete_unused(now=after(7.1)) == 1
    assert not Picture.objects.exists() and not default_storage.exists(picture.file)


def test_a_picture_of_a_draft_a_version_or_a_block_stays(article: Translation) -> None:
    drawn, versioned, of_block = (taken(image((size, 10))) for size in (10, 20, 30))
    publish(shown_in(article, versioned), by=None)
    shown_in(article, drawn)
    create_block("Hours", {"en": f'<img data-picture="{of_block.pk}" alt="">'}, by=None)

    assert delete_unused(now=after(30)) == 0
    assert Picture.objects.count() == 3


def test_the_week_begins_when_the_last_text_lets_go_of_it(article: Translation) -> None:
    """Whoever takes the deletion back finds it again."""
    picture, in_block = taken(image()), taken(image((9, 9)))
    block = create_block("Hours", {"en": f'<img data-picture="{in_block.pk}" alt=""><p>9</p>'}, by=None)
    Picture.objects.update(created_at=after(-30))
    saved = shown_in(article, picture)
    save_draft(saved, version=saved.version, title="Brakes", summary="", body="<p>None</p>", by=None)
    delete_block(block)

    assert delete_unused(now=after(6.9)) == 0
    shown_in(article, picture)
    assert delete_unused(now=after(8)) == 1
    assert Picture.objects.get() == picture


def test_an_unused_picture_that_is_uploaded_again_is_as_good_as_new(db: None) -> None:
    picture = taken(image())
    Picture.objects.update(unused_since=after(-8))

    assert taken(image()) == picture
    assert delete_unused(now=timezone.now()) == 0
