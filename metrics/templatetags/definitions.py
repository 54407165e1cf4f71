"""The words of definitions in templates."""

from django import template

from helpdesk.accounts.models import User
from metrics.definitions import date_of, unit_of
from metrics.measure import Measure
from tickets.policies import may_see_reports

register = template.Library()


@register.filter
def unit(measure: Measure) -> str:
    return unit_of(measure)


@register.filter
def counts_on(measure: Measure) -> str:
    return date_of(measure)


@register.filter
def may_read_reports(user: User) -> bool:
    return may_see_reports(user)
