"""Words not sent yet survive, and two tabs never overwrite each other."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.attachments import upload
from tickets.models import Attachment, Draft, DraftRevision, Ticket
from tickets.services import (
    DraftConflict,
    add_reply,
    copy_draft,
    delete_old_revisions,
    discard_draft,
    save_draft,
    share_draft,
)
from tickets.services.drafts import MAX_DRAFT, REVISIONS_KEPT


def test_a_draft_is_saved_version_by_version(adas_ticket: Ticket, grace: User) -> None:
    first = save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    second = save_draft(adas_ticket, "reply", "<p>Oil it</p>", user=grace, version=first.version)
    assert (second.version, second.html) == (2, "<p>Oil it</p>")


def test_an_older_tab_is_told_instead_of_winning(adas_ticket: Ticket, grace: User) -> None:
    save_draft(adas_ticket, "reply", "<p>From the phone</p>", user=grace, version=0)
    with pytest.raises(DraftConflict) as conflict:
        save_draft(adas_ticket, "reply", "<p>From the desk</p>", user=grace, version=0)
    assert conflict.value.draft.html == "<p>From the phone</p>"


def test_a_repeated_save_is_no_conflict(adas_ticket: Ticket, grace: User) -> None:
    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    assert save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0).version == 1


def test_reply_and_note_and_colleagues_have_drafts_of_their_own(adas_ticket: Ticket, grace: User, alan: User) -> None:
    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    save_draft(adas_ticket, "note", "<p>Hm</p>", user=grace, version=0)
    save_draft(adas_ticket, "reply", "<p>Grease</p>", user=alan, version=0)
    assert Draft.objects.count() == 3
    discard_draft(adas_ticket, "reply", user=grace)
    assert Draft.objects.count() == 2


def test_emptied_on_one_device_what_another_wrote_meanwhile_stays(adas_ticket: Ticket, grace: User) -> None:
    first = save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    save_draft(adas_ticket, "reply", "<p>Oil it, please</p>", user=grace, version=first.version)
    with pytest.raises(DraftConflict):
        discard_draft(adas_ticket, "reply", user=grace, version=first.version)
    assert Draft.objects.get().html == "<p>Oil it, please</p>"


def test_a_draft_is_cleaned_like_a_message(adas_ticket: Ticket, grace: User) -> None:
    draft = save_draft(adas_ticket, "reply", "<p onclick=alert(1)>Oil<script>x</script></p>", user=grace, version=0)
    assert draft.html == "<p>Oil</p>"


@pytest.mark.parametrize("size", [MAX_DRAFT + 1, 6 * 1024 * 1024])
def test_too_long_it_is_refused_in_words_and_what_was_saved_stays(
    size: int, adas_ticket: Ticket, grace: User, client: Client
) -> None:
    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    client.force_login(grace)
    words = {"mode": "reply", "html": "x" * size, "version": 1}
    url = f"/agent/tickets/{adas_ticket.pk}/draft/"
    answer = client.put(url, words, "application/json")
    assert (answer.status_code, "Shorten it" in answer.json()["detail"]) == (413, True)
    assert (Draft.objects.get().html, Draft.objects.get().version) == ("<p>Oil</p>", 1)
    longest = {**words, "html": "<p>" + "x" * (MAX_DRAFT - 7) + "</p>"}
    assert client.put(url, longest, "application/json").json() == {"version": 2}


def test_the_sidebar_counts_them_without_a_statement_of_its_own(
    adas_ticket: Ticket, grace: User, alan: User, client: Client
) -> None:
    def drafts_of(user: User) -> str:
        client.force_login(user)
        client.get("/agent/nav/")  # what else is counted is known then
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/agent/nav/").content.decode()
        assert sum("tickets_draft" in query["sql"] for query in asked) == 1
        assert sum("tickets_savedview" in query["sql"] and "tickets_draft" in query["sql"] for query in asked) == 1
        return page.split('id="nav-drafts"')[1].split("</a>")[0]

    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    save_draft(adas_ticket, "note", "<p>Hm</p>", user=grace, version=0)
    assert '<span class="count">2</span>' in drafts_of(grace)
    assert "count" not in drafts_of(alan)


def revisions(user: User, mode: str = "reply") -> list[str]:
    return list(DraftRevision.objects.filter(user=user, mode=mode).values_list("html", flat=True))


def test_what_it_said_is_kept_every_half_minute(adas_ticket: Ticket, grace: User) -> None:
    now = timezone.now()
    for second, words in enumerate(("Oil", "Oil the", "Oil the wheel")):
        save_draft(adas_ticket, "reply", words, user=grace, version=second, now=now + timedelta(seconds=3 * second))
    assert revisions(grace) == ["Oil"]
    save_draft(adas_ticket, "reply", "Oil the wheels", user=grace, version=3, now=now + timedelta(seconds=40))
    assert revisions(grace) == ["Oil the wheel", "Oil"]


def test_a_big_loss_is_kept_at_once(adas_ticket: Ticket, grace: User) -> None:
    now = timezone.now()
    long = "<p>" + "oil " * 100 + "</p>"
    save_draft(adas_ticket, "reply", "<p>a</p>", user=grace, version=0, now=now)
    save_draft(adas_ticket, "reply", long, user=grace, version=1, now=now)
    save_draft(adas_ticket, "reply", "<p>b</p>", user=grace, version=2, now=now)
    assert revisions(grace) == [long.strip(), "<p>a</p>"]


def test_refused_words_of_an_older_tab_are_kept_too(adas_ticket: Ticket, grace: User) -> None:
    save_draft(adas_ticket, "reply", "<p>From the phone</p>", user=grace, version=0)
    with pytest.raises(DraftConflict):
        save_draft(adas_ticket, "reply", "<p>From the desk</p>", user=grace, version=0)
    assert revisions(grace) == ["<p>From the desk</p>"]


def test_sent_and_discarded_words_are_kept_and_the_next_draft_is_told_apart(adas_ticket: Ticket, grace: User) -> None:
    first = save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0)
    add_reply(adas_ticket, "<p>Oil</p>", actor=Actor.agent(grace))
    assert revisions(grace) == ["<p>Oil</p>"] and not Draft.objects.exists()
    second = save_draft(adas_ticket, "reply", "<p>More</p>", user=grace, version=0)
    assert second.version > first.version
    discard_draft(adas_ticket, "reply", user=grace)
    assert revisions(grace) == ["<p>More</p>", "<p>Oil</p>"]


def test_at_most_thirty_are_kept_for_a_month(adas_ticket: Ticket, grace: User) -> None:
    now = timezone.now()
    for n in range(REVISIONS_KEPT + 5):
        save_draft(adas_ticket, "reply", f"<p>{n}</p>", user=grace, version=n, keeps_old=True, now=now)
    assert len(revisions(grace)) == REVISIONS_KEPT
    assert delete_old_revisions(now=now + timedelta(days=29)) == 0
    assert delete_old_revisions(now=now + timedelta(days=31), limit=20) == 20
    assert delete_old_revisions(now=now + timedelta(days=31)) == REVISIONS_KEPT - 20


def test_a_copy_of_a_shared_draft_brings_its_files_and_leaves_both(
    adas_ticket: Ticket, grace: User, alan: User
) -> None:
    plan = upload(grace, "plan.txt", b"oil")
    save_draft(adas_ticket, "reply", "<p>Oil</p>", user=grace, version=0, attachment_ids=[plan.pk])
    save_draft(adas_ticket, "reply", "<p>Mine</p>", user=alan, version=0)
    shared = share_draft(adas_ticket, "reply", user=grace, shared=True)
    assert shared
    own = copy_draft(shared, user=alan)
    assert own.html == "<p>Mine</p><p>Oil</p>"
    again = copy_draft(shared, user=alan)
    assert (again.pk, again.html, again.version) == (own.pk, own.html, own.version)
    assert revisions(alan) == ["<p>Mine</p>"]
    copied = Attachment.objects.get(pk=own.attachment_ids[0])
    assert (copied.uploaded_by, copied.sha256, copied.pk != plan.pk) == (alan, plan.sha256, True)
    message = add_reply(adas_ticket, own.html, actor=Actor.agent(alan), attachment_ids=own.attachment_ids)
    assert message.attachments.count() == 1
    assert Draft.objects.get(user=grace).html == "<p>Oil</p>"


def test_a_copy_takes_no_file_that_was_never_the_sharers(
    adas_ticket: Ticket, grace: User, alan: User, margaret: User
) -> None:
    """A draft may name any number; only its writer's own uploads go along."""
    secret, own = upload(margaret, "salaries.txt", b"secret"), upload(grace, "oil.txt", b"cogs")
    save_draft(adas_ticket, "note", "<p>Look</p>", user=grace, version=0, attachment_ids=[secret.pk, own.pk])
    shared = share_draft(adas_ticket, "note", user=grace, shared=True)
    assert shared
    copied = Attachment.objects.filter(pk__in=copy_draft(shared, user=alan).attachment_ids)
    assert [file.filename for file in copied] == ["oil.txt"]
