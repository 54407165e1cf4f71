from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    label = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from tickets.automation.actions import register
        from tickets.automation.macro_action import USE_MACRO

        register(USE_MACRO)

        from tickets.customers import live, merging, rating_source, record_source, ticket_sources

        ticket_sources.register_sources()
        record_source.register_sources()
        rating_source.register_sources()
        live.listen()
        merging.listen()

        from tickets.knowledge import merging as help_centre
        from tickets.knowledge import sources

        sources.register_sources()
        help_centre.listen()
