"""Addresses of surveys: what customers answer, and where admins set them up."""

from django.urls import path

from tickets.views.surveys import answering, editing

BASE = "settings/surveys/"
ONE = f"{BASE}<int:survey_id>/"

urlpatterns = [
    path("survey/<str:survey_token>/", answering.answer, name="survey-answer"),
    path("survey/test/<str:survey_token>/", answering.trial, name="survey-trial"),
    path(BASE, editing.survey_list, name="settings-surveys"),
    path(f"{BASE}new/", editing.new_survey, name="survey-new"),
    path(f"{BASE}preview/", editing.preview, name="survey-preview"),
    path(ONE, editing.edit_survey, name="survey"),
    path(f"{ONE}activity/", editing.activity, name="survey-activity"),
    path(f"{ONE}position/", editing.position, name="survey-position"),
    path(f"{ONE}test/", editing.trial, name="survey-send-trial"),
    path(f"{ONE}deletion/", editing.deletion, name="survey-deletion"),
    path(f"{ONE}restoration/", editing.restoration, name="survey-restoration"),
]
