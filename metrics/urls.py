from django.urls import path

from metrics.views import prometheus

urlpatterns = [path("metrics", prometheus.prometheus, name="metrics")]
