from django.urls import path

from metrics.people_urls import urlpatterns as people_urls
from metrics.question_urls import urlpatterns as question_urls
from metrics.report_urls import urlpatterns as report_urls
from metrics.views import prometheus, samples

urlpatterns = [
    path("metrics", prometheus.prometheus, name="metrics"),
    path("styleguide/charts/", samples.samples, name="styleguide-charts"),
    *people_urls,
    *question_urls,
    *report_urls,
]
