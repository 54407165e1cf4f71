"""What colleagues say of an article reaches who takes care of it, and who spoke before."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import User
from knowledge_base.commenting import answer, comment
from knowledge_base.errors import Refused
from knowledge_base.models import Translation
from tickets.models import Notification


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user, kind="article").order_by("pk").values_list("detail", flat=True))


def test_whose_article_it_is_hears_of_a_comment_and_lands_beside_it(
    draft: Translation, grace: User, margaret: User
) -> None:
    comment(draft, "Which oil?\nOlive?", by=margaret, quote="Oil the cogs")
    assert told(grace) == ["Margaret Hamilton comments on “It rattles”: Which oil? Olive?"]
    assert not told(margaret)
    row = Notification.objects.get()
    assert (row.article_id, row.article_language) == (draft.article_id, "en")


def test_an_answer_reaches_everybody_in_the_talk_once_and_not_who_gives_it(
    draft: Translation, grace: User, linus: User, margaret: User
) -> None:
    first = comment(draft, "Which oil?", by=linus)
    answer(first, "Good question.", by=margaret)
    answer(first, "Olive oil.", by=grace)
    assert told(linus) == [
        "Margaret Hamilton answers on “It rattles”: Good question.",
        "Grace Hopper answers on “It rattles”: Olive oil.",
    ]
    assert told(margaret) == ["Grace Hopper answers on “It rattles”: Olive oil."]
    assert len(told(grace)) == 2  # the question and Margaret's answer, not her own


def test_nobody_hears_of_their_own_or_of_nothing(draft: Translation, grace: User, margaret: User) -> None:
    comment(draft, "Look at this again.", by=grace)
    with pytest.raises(Refused):
        comment(draft, "  ", by=margaret)
    assert not Notification.objects.exists()


def test_an_article_of_somebody_who_left_is_its_authors(
    draft: Translation, grace: User, linus: User, margaret: User
) -> None:
    article = draft.article
    article.owner = linus
    article.save()
    linus.is_active = False
    linus.save()
    comment(draft, "Which oil?", by=margaret)
    assert told(grace) and not told(linus)
