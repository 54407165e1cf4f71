"""Addresses of surveys: what customers answer, and where admins set them up."""

from django.urls import path

from tickets.views.surveys import answering

urlpatterns = [
    path("survey/<str:survey_token>/", answering.answer, name="survey-answer"),
    path("survey/test/<str:survey_token>/", answering.trial, name="survey-trial"),
]
