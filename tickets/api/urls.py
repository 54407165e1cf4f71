"""The API's addresses. Each is answered with and without `.json`: clients mix both."""

from django.urls import URLPattern, re_path
from rest_framework.views import APIView

from tickets.api import views


def endpoint(route: str, view: type[APIView], name: str) -> URLPattern:
    pattern: URLPattern = re_path(rf"^api/v2/{route}(?:\.json)?$", view.as_view(), name=name)
    return pattern


urlpatterns = [
    endpoint("tickets", views.TicketList, "api-tickets"),
    endpoint(r"tickets/(?P<number>\d{1,12})", views.TicketDetail, "api-ticket"),
    endpoint(r"tickets/(?P<number>\d{1,12})/comments", views.CommentList, "api-comments"),
]
