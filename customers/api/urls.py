"""Each is answered with and without `.json`: clients mix both."""

from django.urls import URLPattern, re_path
from rest_framework.views import APIView

from customers.api import views


def endpoint(route: str, view: type[APIView], name: str) -> URLPattern:
    pattern: URLPattern = re_path(rf"^api/v2/{route}(?:\.json)?$", view.as_view(), name=name)
    return pattern


urlpatterns = [
    endpoint("orders", views.Orders, "api-orders"),
    endpoint(r"orders/(?P<pk>\d{1,12})", views.OrderDetail, "api-order"),
    endpoint("customer_events", views.CustomerEvents, "api-customer-events"),
    endpoint(r"customer_events/(?P<pk>\d{1,12})", views.CustomerEventDetail, "api-customer-event"),
]
