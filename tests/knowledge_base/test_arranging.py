"""Sections, owners, labels, places, and the settings of a help centre."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from customers.models import Organisation
from helpdesk.accounts.models import User
from knowledge_base import upkeep
from knowledge_base.arranging import Audience, delete_category, delete_section, place, save_section
from knowledge_base.errors import Refused
from knowledge_base.models import ArticleWords, AudienceKind, HelpCentre, Section, Translation
from knowledge_base.models.centre import name_in
from knowledge_base.publishing import publish
from tests.knowledge_base.writing_cast import browser, fresh, happened, section_for, translate
from tickets.models import Notification

NAMED = {"name_en": "Invoices", "description_en": "", "name_de": "Rechnungen", "description_de": ""}


def test_a_section_names_whom_it_is_for(section: Section, margaret: User) -> None:
    engines = Organisation.objects.create(name="Engines")
    sent = {**NAMED, "category": section.category_id, "audience": "chosen", "organisation_ids": engines.pk}
    answer = browser(margaret).post(f"/knowledge/sections/{section.pk}/", sent)
    assert answer.status_code == 302
    section.refresh_from_db()
    assert (section.audience, section.organisation_ids, section.segment_ids) == ("chosen", [engines.pk], [])
    assert section.texts == {
        "en": {"name": "Invoices", "description": ""}, "de": {"name": "Rechnungen", "description": ""},
    }  # fmt: skip


def test_chosen_readers_are_some(section: Section, margaret: User) -> None:
    sent = {**NAMED, "category": section.category_id, "audience": "chosen"}
    answer = browser(margaret).post(f"/knowledge/sections/{section.pk}/", sent)
    assert answer.status_code == 422 and b"Choose at least one" in answer.content
    section.refresh_from_db()
    assert section.audience == "public" and section.texts == {"en": {"name": "Repairs"}}
    with pytest.raises(IntegrityError), transaction.atomic():
        Section.objects.filter(pk=section.pk).update(organisation_ids=[1])  # whichever way it is tried


def test_names_of_whom_are_forgotten_with_the_choice(centre: HelpCentre, margaret: User) -> None:
    chosen = section_for(centre, AudienceKind.CHOSEN, organisation_ids=[7])
    save_section(chosen, chosen.texts, Audience(AudienceKind.STAFF, (7,)), by=margaret)
    assert Section.objects.get(pk=chosen.pk).organisation_ids == []


def test_who_else_reads_it_is_in_each_articles_history(article: Translation, section: Section, margaret: User) -> None:
    save_section(section, section.texts, Audience(AudienceKind.STAFF), by=margaret)
    assert article.article.events.get(kind="audience.changed").payload == {"was": "public", "now": "staff"}
    page = browser(margaret).get(f"/knowledge/articles/{article.article_id}/en/history/").content.decode()
    assert "Margaret Hamilton changed who reads its section: Everyone → Staff only" in page


def test_nothing_that_holds_articles_is_deleted(article: Translation, section: Section) -> None:
    with pytest.raises(Refused):
        delete_section(section)
    with pytest.raises(Refused):
        delete_category(section.category)
    assert Section.objects.filter(pk=section.pk).exists()


def test_places_are_kept_without_gaps(centre: HelpCentre) -> None:
    sections = [section_for(centre, AudienceKind.PUBLIC) for _ in range(4)]
    place(sections[3], 0)
    place(sections[0], 99)
    order = list(sections[0].category.sections.values_list("pk", "position"))
    assert order == [(sections[i].pk, at) for at, i in enumerate((3, 1, 2, 0))]


def test_the_picker_offers_organisations_by_name_and_keeps_those_chosen(margaret: User, grace: User) -> None:
    chosen, other = (Organisation.objects.create(name=name) for name in ("Engines", "Engravers"))
    answer = browser(margaret).get(f"/knowledge/audiences/?organisation_ids={chosen.pk}&q=eng")
    page = " ".join(answer.content.decode().split())
    assert f'value="{chosen.pk}" checked' in page and f'value="{other.pk}">' in page
    assert browser(grace).get("/knowledge/audiences/").status_code == 403


def test_organisations_are_found_and_chosen_without_scripts(section: Section, margaret: User) -> None:
    engines, looms = Organisation.objects.create(name="Engines"), Organisation.objects.create(name="Looms")
    path, desk = f"/knowledge/sections/{section.pk}/", browser(margaret)
    sent = {**NAMED, "name_en": "Mending", "category": section.category_id, "audience": "chosen"}
    page = desk.post(path, {**sent, "organisation_ids": engines.pk, "q": "loo", "find": "1"}).content.decode()
    boxes = re.findall(r'<input type="checkbox"\s+name="organisation_ids"\s+value="(\d+)"\s*(checked)?', page)
    assert boxes == [(str(engines.pk), "checked"), (str(looms.pk), "")]
    assert 'value="Mending"' in page
    section.refresh_from_db()
    assert section.audience == "public"  # nothing is saved by looking
    desk.post(path, {**sent, "organisation_ids": [engines.pk, looms.pk]})
    section.refresh_from_db()
    assert (section.audience, set(section.organisation_ids)) == ("chosen", {engines.pk, looms.pk})
    assert desk.get(path).content.decode().count("checked") >= 2


def test_an_owner_hears_of_it_and_is_one_who_writes(article: Translation, grace: User, alan: User, linus: User) -> None:
    upkeep.change_owner(article.article, alan, by=grace)
    assert Notification.objects.get(user=alan).detail == "Grace Hopper made you the owner of “It rattles”"
    with pytest.raises(Refused):
        upkeep.change_owner(article.article, linus, by=grace)
    assert fresh(article).article.owner == alan


def test_labels_are_tidy_and_found(article: Translation, grace: User) -> None:
    upkeep.set_labels(article.article, [" Big  Cogs", "oil", "OIL", ""], by=grace)
    assert fresh(article).article.labels == ["big cogs", "oil"]
    assert "cog" in str(ArticleWords.objects.get(translation=article).vector)
    upkeep.set_labels(article.article, ["oil", "big cogs"], by=grace)
    assert happened(article).count("labels.changed") == 1


def test_an_article_moves_only_where_its_languages_are(article: Translation, grace: User) -> None:
    translate(article, "Es klappert", "<p>Öle.</p>", by=grace)
    english = HelpCentre.objects.create(name="Small", host="small.example.com", languages=["en"])
    there = section_for(english, AudienceKind.STAFF)
    with pytest.raises(Refused):
        upkeep.move(article.article, there, by=grace)
    english.languages = ["en", "de"]
    english.save()
    upkeep.move(article.article, Section.objects.get(pk=there.pk), by=grace)
    moved = article.article.events.get(kind="moved").payload
    assert (moved["was_audience"], moved["audience"]) == ("public", "staff")


def test_one_form_changes_all_or_nothing(article: Translation, section: Section, grace: User, linus: User) -> None:
    address = f"/knowledge/articles/{article.article_id}/en/facts/"
    given = {"owner": grace.pk, "section": section.pk, "labels": "oil", "is_promoted": "on", "review_by": "2027-01-31"}
    many = ",".join(f"label {n}" for n in range(30))
    assert browser(grace).post(address, {**given, "labels": many}).status_code == 422
    assert fresh(article).article.is_promoted is False, "nothing of it"
    assert browser(grace).post(address, given).status_code == 302
    kept = fresh(article).article
    assert (kept.is_promoted, kept.labels, str(kept.review_by)) == (True, ["oil"], "2027-01-31")
    assert browser(linus).post(address, given).status_code == 403


def test_where_approval_is_needed_agents_do_not_move_articles_before_readers(
    strict: HelpCentre, article: Translation, grace: User
) -> None:
    other = section_for(strict, AudienceKind.STAFF)
    address = f"/knowledge/articles/{article.article_id}/en/facts/"
    browser(grace).post(address, {"owner": grace.pk, "section": other.pk, "is_promoted": "on", "labels": ""})
    kept = fresh(article).article
    assert kept.section_id != other.pk and not kept.is_promoted
    assert browser(grace).post(f"/knowledge/articles/{article.article_id}/en/publication/").status_code == 403
    assert browser(grace).post(f"/knowledge/articles/{article.article_id}/archive/").status_code == 403


def _centre(**changes: object) -> dict[str, object]:
    given = {"name": "Engines", "host": "", "languages": ["en", "de"], "default_language": "en", "hue": "120"}
    return {**given, "welcome_en": "How can we help?", "welcome_de": "", **changes}


def test_the_settings_of_a_help_centre(centre: HelpCentre, radia: User, article: Translation) -> None:
    address = f"/settings/help-centre/{centre.pk}/"
    file = io.BytesIO()
    Image.new("RGB", (900, 200), "red").save(file, "PNG")
    logo = SimpleUploadedFile("logo.png", file.getvalue())
    assert browser(radia).post(address, _centre(logo_file=logo, needs_approval="on")).status_code == 302
    centre.refresh_from_db()
    assert (centre.hue, centre.needs_approval, centre.welcome) == (120, True, {"en": "How can we help?"})
    path = f"/hc/logo/{centre.pk}/{centre.logo.rpartition('/')[2]}"
    assert browser(radia).get(path).headers["Content-Type"] == "image/webp"
    assert browser(radia).post(address, _centre(drop_logo="on")).status_code == 302
    assert HelpCentre.objects.get(pk=centre.pk).logo == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"host": "https://help.example.com/x"}, b"Only the name"),
        ({"host": "taken.example.com"}, b"Another help centre is asked for by this name"),
        ({"hue": "400"}, b"359"),
        ({"languages": ["de"], "default_language": "de"}, b"Readers see articles in English"),
        ({"logo_file": SimpleUploadedFile("logo.png", b"no picture")}, b"no picture that can be read"),
        ({"name": ""}, b"required"),
    ],
)
def test_what_a_help_centre_cannot_be(
    centre: HelpCentre, radia: User, article: Translation, changes: dict[str, object], reason: bytes
) -> None:
    HelpCentre.objects.create(name="Other", host="taken.example.com", languages=["en"])
    answer = browser(radia).post(f"/settings/help-centre/{centre.pk}/", _centre(**changes))
    assert answer.status_code == 422 and reason in answer.content
    assert HelpCentre.objects.get(pk=centre.pk).hue == 276


def test_a_language_without_readers_can_go(centre: HelpCentre, radia: User, article: Translation) -> None:
    answer = browser(radia).post(f"/settings/help-centre/{centre.pk}/", _centre(languages=["en"]))
    assert answer.status_code == 302 and HelpCentre.objects.get(pk=centre.pk).languages == ["en"]
    publish(fresh(article), by=radia)


@pytest.mark.parametrize(("language", "name"), [("de", "Reparaturen"), ("ar", "Repairs"), ("en", "Repairs")])
def test_a_name_that_is_not_there_in_a_language_is_the_english_one(language: str, name: str) -> None:
    assert name_in({"de": {"name": "Reparaturen"}, "en": {"name": "Repairs"}, "ar": {"name": ""}}, language) == name
    assert name_in({"fr": {"name": "Réparations"}}, language) == "Réparations"
    assert name_in({}, language) == ""
