"""Addresses of triggers and automations: the same pages, once for each kind."""

from django.urls import URLPattern, path

from tickets.models import RuleKind
from tickets.views import replays, rule_debugger, rule_editor, rule_exchange, rules

KINDS = ((RuleKind.TRIGGER, "triggers"), (RuleKind.AUTOMATION, "automations"))


def _of_kind(kind: RuleKind, plural: str) -> list[URLPattern]:
    base, extra = f"settings/{plural}/", {"kind": kind.value}
    one = f"{base}<int:rule_id>/"
    return [
        path(base, rules.rule_list, extra, name=f"settings-{plural}"),
        path(f"{base}new/", rule_editor.new_rule, extra, name=f"{kind}-new"),
        path(f"{base}look/", rule_editor.look, extra, name=f"{kind}-look"),
        path(f"{base}replays/", replays.begin, extra, name=f"{kind}-replays"),
        path(f"{base}export/", rule_exchange.export, extra, name=f"{plural}-export"),
        path(f"{base}import/", rule_exchange.import_, extra, name=f"{plural}-import"),
        path(one, rule_editor.edit_rule, extra, name=kind.value),
        path(f"{one}copies/", rules.copies, extra, name=f"{kind}-copies"),
        path(f"{one}activity/", rules.activity, extra, name=f"{kind}-activity"),
        path(f"{one}position/", rules.position, extra, name=f"{kind}-position"),
        path(f"{one}deletion/", rules.deletion, extra, name=f"{kind}-deletion"),
        path(f"{one}restoration/", rules.restoration, extra, name=f"{kind}-restoration"),
    ]


urlpatterns = [
    *(pattern for kind, plural in KINDS for pattern in _of_kind(kind, plural)),
    path("settings/rules/replays/<int:replay_id>/", replays.watch, name="replay"),
    path("settings/rules/replays/<int:replay_id>/cancellation/", replays.cancellation, name="replay-cancellation"),
    path("settings/rules/categories/<int:category_id>/position/", rules.category_position, name="category-position"),
    path("agent/rules/<int:rule_id>/", rules.read_rule, name="rule"),
    path("agent/tickets/<int:number>/rules/", rule_debugger.ticket_rules, name="ticket-rules"),
]
