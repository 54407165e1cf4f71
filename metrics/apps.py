from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    label = "metrics"
    verbose_name = _("Metrics")

    def ready(self) -> None:
        from metrics.reporting import make_views, take_views_away

        pre_migrate.connect(take_views_away, sender=self)
        post_migrate.connect(make_views, sender=self)
