"""What people look at every day: the wallboard, their own page, goals, and what customers talk about."""

from django.urls import path

from metrics.views import wall

urlpatterns = [
    path("reports/live/", wall.wallboard, name="wallboard"),
    path("reports/live/board/", wall.board, name="wallboard-board"),
]
