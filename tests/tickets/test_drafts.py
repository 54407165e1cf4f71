"""Words not sent yet survive, and two tabs never overwrite each other."""

import pytest

from helpdesk.accounts.models import User
from tickets.models import Draft, Ticket
from tickets.services import DraftConflict, discard_draft, save_draft


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


def test_a_draft_is_cleaned_like_a_message(adas_ticket: Ticket, grace: User) -> None:
    draft = save_draft(adas_ticket, "reply", "<p onclick=alert(1)>Oil<script>x</script></p>", user=grace, version=0)
    assert draft.html == "<p>Oil</p>"
