"""Addresses of the customers' own pages."""

from django.urls import path

from tickets.views.portal import files, requests, sign_in

urlpatterns = [
    path("requests/", requests.request_list, name="portal-requests"),
    path("requests/sign-in/", sign_in.ask, name="portal-sign-in"),
    path("requests/sign-in/<str:sign_in_token>/", sign_in.use, name="portal-use-link"),
    path("requests/sign-out/", sign_in.leave, name="portal-sign-out"),
    path("requests/<int:number>/", requests.show, name="portal-request"),
    path("requests/<int:number>/messages/", requests.messages, name="portal-messages"),
    path("requests/<int:number>/solution/", requests.solution, name="portal-solution"),
    path("requests/<int:number>/rating/", requests.rating, name="portal-rating"),
    path("requests/files/<int:attachment_id>/<str:filename>", files.download, name="portal-file"),
]
