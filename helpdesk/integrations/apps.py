from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "helpdesk.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.following import follow_customers
        from helpdesk.integrations.account_actions.sources import register_sources
        from helpdesk.integrations.actions import register_actions  # needs the models

        register_actions()
        register_sources()
        follow_customers("integrations")
