from django.urls import path

from metrics.people_urls import urlpatterns as people_urls
from metrics.question_urls import urlpatterns as question_urls
from metrics.report_urls import urlpatterns as report_urls
from metrics.views import prometheus, receipts, samples

urlpatterns = [
    path("metrics", prometheus.prometheus, name="metrics"),
    path("styleguide/charts/", samples.samples, name="styleguide-charts"),
    path("reports/tickets/<int:number>/", receipts.receipts, name="receipts"),
    *people_urls,
    *question_urls,
    *report_urls,
]
