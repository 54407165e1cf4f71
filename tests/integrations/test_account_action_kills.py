"""A real worker is killed with SIGKILL while it has a refund done: it is done in the end, and under one id."""

from __future__ import annotations

from threading import Event

from django.utils import timezone

from customers.identify import identify
from customers.models import RecordEvent
from helpdesk.accounts.models import Role
from helpdesk.integrations.models import AccountActionRun, RunState
from tests.cast import staff
from tests.integrations.account_cast import a_refund, an_order, pressed
from tests.integrations.receiver import receiving
from tests.integrations.test_kills import worker_that_may_call
from tests.stack import LiveStack, wait_until


def test_a_killed_worker_doubles_nothing(live_stack: LiveStack) -> None:
    with receiving() as shop, worker_that_may_call(live_stack, shop):
        live_stack.start("beat")
        shop.silent, shop.answers = Event(), [200]
        with live_stack.orm():
            grace = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
            ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
            run = pressed(a_refund(shop.url), an_order(ada), grace)
        wait_until(lambda: bool(shop.heard), seconds=30, what="the first post")
        live_stack.kill("worker")
        shop.silent.set()
        shop.silent = None
        with live_stack.orm():  # a minute goes by
            AccountActionRun.objects.filter(state=RunState.SENDING).update(leased_until=timezone.now())
        live_stack.start("worker")
        wait_until(lambda: _is_done(live_stack), seconds=40, what="the refund")
        # The shop heard it twice, under one id and with one body: it knows the second for the first.
        assert {heard.headers["webhook-id"] for heard in shop.heard} == {run.message_id}
        assert len({heard.body for heard in shop.heard}) == 1
        with live_stack.orm():
            assert RecordEvent.objects.filter(kind="account_action.answered").count() == 1


def _is_done(stack: LiveStack) -> bool:
    with stack.orm():
        return AccountActionRun.objects.filter(state=RunState.DONE).count() == 1
