from django.urls import path

from metrics.people_urls import urlpatterns as people_urls
from metrics.views import prometheus, samples

urlpatterns = [
    path("metrics", prometheus.prometheus, name="metrics"),
    path("styleguide/charts/", samples.samples, name="styleguide-charts"),
    *people_urls,
]
