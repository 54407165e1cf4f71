"""How long people take: customers write by day and evening, agents answer in working hours."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo.stories import CUSTOMER, NOTE, REPLY, Step
from tickets.models import Status

# The median of what passes before somebody moves, in minutes, and how widely it varies.
MEDIANS = {CUSTOMER: (600, 0.9), REPLY: (150, 0.9), NOTE: (18, 0.7)}
OPENING, CLOSING = 7, 19  # UTC; the team shares out the days of the week


def after(step: Step, moment: datetime, rng: Random, *, follows: str) -> datetime:
    """When `step` happens, the one before it having happened at `moment`."""
    if step.delay is not None:
        waited = step.delay * rng.uniform(0.75, 1.25)
    else:
        median, spread = MEDIANS[step.kind]
        waited = timedelta(minutes=rng.lognormvariate(math.log(median), spread))
    due = moment + waited
    if step.says("auto") or (step.kind == NOTE and follows == REPLY):
        return due
    return awake(due, rng) if step.kind == CUSTOMER else at_work(due, rng)


def triage(moment: datetime, rng: Random) -> datetime:
    return at_work(moment + timedelta(minutes=rng.lognormvariate(math.log(45), 0.9)), rng)


def wind_up(status: str, moment: datetime, rng: Random) -> datetime:
    """When an agent solves what is left: at once after thanks, after weeks when it was on hold."""
    if status == Status.OPEN:
        return at_work(moment + timedelta(minutes=rng.randint(20, 400)), rng)
    return at_work(moment + timedelta(days=rng.randint(4, 18), hours=rng.randint(0, 20)), rng)


def at_work(moment: datetime, rng: Random) -> datetime:
    if moment.hour < OPENING:
        return moment.replace(hour=OPENING, minute=rng.randint(0, 59))
    if moment.hour >= CLOSING:
        return (moment + timedelta(days=1)).replace(hour=OPENING, minute=rng.randint(0, 59))
    return moment


def awake(moment: datetime, rng: Random) -> datetime:
    if 1 <= moment.hour < 6:
        return moment.replace(hour=rng.randint(6, 9), minute=rng.randint(0, 59))
    return moment
