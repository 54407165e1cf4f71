"""What readers find: words in their forms and languages, mistyped ones, synonyms, and nothing that is not theirs."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge_base.audience import ANYBODY, STAFF, Reader
from knowledge_base.models import ContentBlock, HelpCentre, KnownWord, Section, Synonyms, Translation
from knowledge_base.publishing import archive, publish, unpublish
from knowledge_base.search.finding import Found, find
from knowledge_base.search.indexing import index_block
from knowledge_base.writing import save_draft
from tests.knowledge_base.search.conftest import Write, section_of, translate


def asked(words: str, centre: HelpCentre, language: str = "en", **more: Any) -> Found:
    return find(words, reader=more.pop("reader", ANYBODY), centre=centre, language=language, **more)


def titles(found: Found) -> list[str]:
    return [hit.title for hit in found.hits]


def test_signs_and_words_are_marked_in_one_title(write: Write, centre: HelpCentre) -> None:
    write("Wi-Fi プリンターの設定", "インクを入れます。", language="ja")
    (hit,) = asked("wi-fi 設定", centre, "ja").hits
    assert hit.title_html == "<mark>Wi-Fi</mark> プリンターの<mark>設定</mark>"


def test_a_word_is_found_in_its_other_forms(write: Write, centre: HelpCentre) -> None:
    write("Cancelling an order", "You can cancel orders until they are shipped.")
    for words in ("cancel order", "cancelled ORDERS", "cancelling", "how do I cancel my orders?"):
        assert titles(asked(words, centre)) == ["Cancelling an order"], words


@pytest.mark.parametrize(
    ("language", "title", "body", "words"),
    [
        (
            "de",
            "Rücksendungen",
            "Häuser und Straßen für Größen.",
            ["rucksendung", "Haus", "STRASSE", "größe", "grosse"],
        ),
        (
            "fr",
            "Modifier une commande",
            "Les modifications sont effectuées à temps.",
            ["modifié", "commandes", "effectuer"],
        ),
        ("es", "Cancelaciones", "La cancelación es gratis.", ["cancelar", "cancelación", "cancelaciones"]),
        ("ja", "パスワードの変更", "新しいパスワードを入力します。", ["パスワード", "変更", "新しいパスワード"]),
    ],
)
def test_each_language_by_its_own_dictionary(
    write: Write, centre: HelpCentre, language: str, title: str, body: str, words: list[str]
) -> None:
    write(title, body, language=language)
    write("Something else", "Nothing of it.", language=language)
    for one in words:
        assert titles(asked(one, centre, language)) == [title], one


def test_titles_come_before_texts_and_summaries_before_bodies(write: Write, centre: HelpCentre) -> None:
    write("Shipping abroad", "What a refund costs: a refund is free. Refund, refund, refund.")
    write("Paying", "How to pay.", summary="Cards and the refund of a payment")
    write("Refunds", "Money back.")
    assert titles(asked("refund", centre)) == ["Refunds", "Paying", "Shipping abroad"]


def test_while_typing_the_last_word_may_go_on(write: Write, centre: HelpCentre) -> None:
    write("Installation on Windows", "Run the installer.")
    assert titles(asked("installa", centre)) == [] or asked("installa", centre).correction
    assert titles(asked("windows installa", centre, prefix=True)) == ["Installation on Windows"]
    assert titles(asked("i", centre, prefix=True)) == ["Installation on Windows"]
    hit = asked("windows insta", centre, prefix=True).hits[0]
    assert hit.title_html == "<mark>Installation</mark> on <mark>Windows</mark>"


def test_a_mistyped_word_is_read_as_its_neighbour(write: Write, centre: HelpCentre) -> None:
    write("Rückerstattung", "Wie Sie Ihr Geld zurück bekommen.", language="de")
    found = asked("Ruckerstatung geld", centre, "de")
    assert titles(found) == ["Rückerstattung"]
    assert found.correction == "rückerstattung geld"
    assert asked("geld", centre, "de").correction == ""


def test_a_correction_tells_nothing_of_what_the_reader_may_not_read(write: Write, centre: HelpCentre) -> None:
    inner = section_of(centre, "Inside", "Secret", "staff")
    write("Project Nightingale", "Nightingale begins in May.", within=inner)
    assert asked("nightingalle", centre) == Found()
    assert asked("nightingalle", centre, reader=STAFF).correction == "nightingale"
    write("Nightingales", "Birds.")
    assert asked("nightingalle", centre).correction in ("nightingale", "nightingales")


def test_synonyms_of_one_word_and_of_several(write: Write, centre: HelpCentre) -> None:
    write("Log in to your account", "Enter your address.")
    write("Broken items", "Send them back.")
    Synonyms.objects.create(language="en", words=["log in", "sign in", "login"])
    Synonyms.objects.create(language="en", words=["broken", "faulty", "damaged"])
    assert titles(asked("sign in", centre)) == ["Log in to your account"]
    assert titles(asked("login", centre)) == ["Log in to your account"]
    assert titles(asked("faulty item", centre)) == ["Broken items"]
    assert asked("damage", centre).hits[0].title_html == "<mark>Broken</mark> items"
    assert asked("faulty", centre, "de").is_elsewhere


def test_words_with_a_hyphen_are_found_without_it_and_the_other_way_round(write: Write, centre: HelpCentre) -> None:
    write("Your e-mail address", "Change it.")
    write("The email editor", "Write it.")
    assert set(titles(asked("email", centre))) == {"Your e-mail address", "The email editor"}
    assert set(titles(asked("e-mail", centre))) == {"Your e-mail address", "The email editor"}


def test_quotation_marks_and_minuses(write: Write, centre: HelpCentre) -> None:
    write("One", "the red wheel of the bike")
    write("Two", "a wheel that is red")
    assert titles(asked('"red wheel"', centre)) == ["One"]
    assert titles(asked("wheel -bike", centre)) == ["Two"]
    assert titles(asked("-bike", centre)) == []


def test_some_of_the_words_where_no_article_has_all(write: Write, centre: HelpCentre) -> None:
    write("Changing the delivery address", "Until the parcel leaves us.")
    write("Paying by card", "Cards are safe.")
    found = asked("change delivery address tomorrow urgently", centre)
    assert titles(found) == ["Changing the delivery address"]
    assert found.is_partial
    assert asked("delivery zebra giraffe elephant", centre).hits == []


def test_other_languages_where_the_own_has_nothing(write: Write, centre: HelpCentre) -> None:
    source = write("Returning an order", "Send the parcel back.")
    translate(source, "de", "Bestellung zurücksenden", "Das Paket geht zurück.")
    found = asked("parcel", centre, "de")
    assert [(hit.language, hit.title) for hit in found.hits] == [("en", "Returning an order")]
    assert found.is_elsewhere
    assert not asked("Paket", centre, "de").is_elsewhere
    assert {hit.language for hit in asked("zurück", centre, "en").hits} == {"de"}
    write("Paket", "order", language="de")
    assert set(asked("order", centre, "de", everywhere=True).languages) == {"en", "de"}


def test_filters_and_what_they_are_offered_by(write: Write, centre: HelpCentre, section: Section) -> None:
    other = section_of(centre, "Payment", "Cards")
    one = write("Refund of an order", "refund", labels=("money",))
    two = write("Refund to a card", "refund", within=other)
    found = asked("refund", centre)
    assert found.sections == {section.pk: 1, other.pk: 1}
    assert asked("refund", centre, section=other.pk).hits[0].article_id == two.article_id
    assert asked("refund", centre, category=section.category_id).hits[0].article_id == one.article_id
    assert asked("refund", centre, label="money").hits[0].article_id == one.article_id
    assert asked("refund", centre, label="Money'; --").hits == []


def test_pages_follow_each_other_without_gap_or_double(write: Write, centre: HelpCentre) -> None:
    for number in range(7):
        write(f"Chain {number}", "A bicycle chain.")
    seen, after = [], ""
    while True:
        page = asked("chain", centre, limit=3, after=after)
        assert page.count == 7
        seen += titles(page)
        if not (after := page.after):
            break
    assert sorted(seen) == [f"Chain {number}" for number in range(7)]
    assert asked("chain", centre, after="-1; drop").count == 7


def test_other_help_centres_and_readers_find_only_theirs(write: Write, centre: HelpCentre) -> None:
    for audience, names in (("signed_in", {}), ("chosen", {"organisation_ids": [7]}), ("staff", {})):
        write(f"Wheels {audience}", "wheels", within=section_of(centre, "X", audience, audience, **names))
    elsewhere = HelpCentre.objects.create(name="Other", host="help.other.test", languages=["en"])
    write("Wheels of others", "wheels", within=section_of(elsewhere, "Y", "Y"))
    member = Reader(customer_id=1, organisation_ids=frozenset({7}))
    assert titles(asked("wheels", centre)) == []
    assert set(titles(asked("wheels", centre, reader=Reader(customer_id=1)))) == {"Wheels signed_in"}
    assert set(titles(asked("wheels", centre, reader=member))) == {"Wheels signed_in", "Wheels chosen"}
    assert len(titles(asked("wheels", centre, reader=STAFF))) == 3
    assert titles(asked("wheels", elsewhere)) == ["Wheels of others"]
    assert len(find("wheels", reader=STAFF, centre=None, language="en").hits) == 4


def test_readers_find_the_published_words_until_they_are_taken_back(write: Write, centre: HelpCentre) -> None:
    article = write("Gears", "How gears work.")
    draft = save_draft(article, version=article.version, title="Cogs", summary="", body="<p>Cogwheels.</p>", by=None)
    assert titles(asked("gears", centre)) == ["Gears"]
    assert asked("cogs", centre).hits == []
    publish(draft, by=None)
    assert titles(asked("cogs", centre)) == ["Cogs"]
    assert asked("gears", centre).hits == []
    archive(draft.article, by=None)
    assert asked("cogs", centre).hits == []


def test_the_vocabulary_follows_what_is_published(write: Write) -> None:
    write("Chains", "A chain breaks.")
    second = write("Breaks", "It breaks.")

    def known() -> dict[str, int]:
        return dict(KnownWord.objects.filter(language="en").values_list("word", "articles"))

    assert known() == {"chains": 1, "chain": 1, "breaks": 2}
    unpublish(second, by=None)
    assert known() == {"chains": 1, "chain": 1, "breaks": 1}


def test_reusable_words_are_found_in_each_article_that_shows_them(write: Write, centre: HelpCentre) -> None:
    block = ContentBlock.objects.create(name="hours", texts={"en": "<p>We open at nine.</p>"})
    write("Contact", f'<p>Call us.</p><div data-block="{block.pk}"></div>')
    assert titles(asked("open nine", centre)) == ["Contact"]
    block.texts = {"en": "<p>We open at ten.</p>"}
    block.save()
    index_block(block)
    assert titles(asked("open ten", centre)) == ["Contact"]
    assert asked('"at nine"', centre).hits == []


def test_an_excerpt_is_cut_where_the_words_are_and_is_never_markup(write: Write, centre: HelpCentre) -> None:
    write("Scripts", f"<p>{'Filler words. ' * 60}A &lt;script&gt; of the derailleur works.</p>")
    excerpt = asked("derailleurs", centre).hits[0].excerpt_html
    assert "&lt;script&gt; of the <mark>derailleur</mark> works." in excerpt
    assert "<script>" not in excerpt


def test_a_language_without_a_dictionary_is_found_by_its_words(write: Write, centre: HelpCentre) -> None:
    centre.languages = ["en", "pt-br", "xx"]
    centre.save()
    write("Pedidos", "Cancelar o pedido.", language="pt-br")
    write("Kuku", "kukumo lalana", language="xx")
    assert titles(asked("cancelamos pedido", centre, "pt-br")) == ["Pedidos"]
    assert titles(asked("LALANA", centre, "xx")) == ["Kuku"]


def test_it_takes_few_statements(write: Write, centre: HelpCentre, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        write(f"Wheel {number}", "wheels")
    with django_assert_max_num_queries(4):
        asked("wheel", centre)


def test_an_enormous_article_can_be_published(write: Write, centre: HelpCentre) -> None:
    body = " ".join(f"word{number:05d}{'x' * 40}" for number in range(20_000))
    assert isinstance(write("Enormous", body), Translation)
    assert titles(asked("enormous", centre)) == ["Enormous"]


def test_a_word_is_found_inside_longer_ones_where_a_language_writes_them_so(write: Write, centre: HelpCentre) -> None:
    write("Ein Rücksendeetikett drucken", "Zwei Etiketten liegen bei.", language="de")
    write("Pakete verfolgen", "Das Versandetikett nennt die Nummer, die Etikettenfarbe nicht.", language="de")
    write("Broten", "Ein Brotmesser.", language="de")
    write("Sublabelling", "Of superlabels.")

    found = asked("Etikett", centre, "de")
    assert titles(found) == ["Ein Rücksendeetikett drucken", "Pakete verfolgen"]
    assert found.hits[0].title_html == "Ein <mark>Rücksendeetikett</mark> drucken"
    assert "<mark>Versandetikett</mark>" in found.hits[1].excerpt_html
    assert titles(asked("etiketten drucken", centre, "de")) == ["Ein Rücksendeetikett drucken"]
    assert titles(asked("Farbe", centre, "de")) == ["Pakete verfolgen"]
    assert titles(asked('"Farbe"', centre, "de")) == []
    assert titles(asked("pakete -etikett", centre, "de")) == ["Pakete verfolgen"]
    assert titles(asked("rot", centre, "de")) == []
    assert titles(asked("label", centre)) == []


def test_words_of_internal_articles_find_nothing_for_readers(write: Write, centre: HelpCentre) -> None:
    inside = section_of(centre, "Inside", "Notes", "staff")
    write("Sonderetikett", "Nur für uns.", language="de", within=inside)
    assert titles(asked("Etikett", centre, "de")) == []
    assert titles(asked("Etikett", centre, "de", reader=STAFF)) == ["Sonderetikett"]
