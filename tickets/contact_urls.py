"""Addresses of what readers write to us: requests by forms, votes, comments; and where admins make the forms."""

from django.urls import path

from tickets.views.portal import contact, feedback, form_questions, form_settings, offers, sent

FORM = "settings/contact-forms/<int:form_id>/"
QUESTION = f"{FORM}questions/<slug:question_key>/"

urlpatterns = [
    path("contact/", contact.contact_form, name="contact"),
    path("contact/suggestions/", offers.suggestions, name="contact-suggestions"),
    path("contact/offers/<str:token>/articles/<int:article_id>/", offers.offered_article, name="offer-article"),
    path("contact/offers/<str:token>/solved/", offers.solved, name="offer-solved"),
    path("contact/answers/<str:token>/articles/<int:article_id>/", offers.answering_article, name="answer-article"),
    path("contact/answers/<str:token>/solved/", offers.answer_solved, name="answer-solved"),
    path("contact/sent/<str:token>/", sent.sent, name="contact-sent"),
    path("contact/sent/<str:token>/withdrawal/", sent.withdrawal, name="contact-withdrawal"),
    path("contact/requests/<str:token>/", sent.confirmation, name="contact-request"),
    path("contact/<slug:form_slug>/", contact.contact_form, name="contact-form"),
    path("hc/<str:language>/articles/<int:article_id>/vote/", feedback.votes, name="article-vote"),
    path("hc/<str:language>/articles/<int:article_id>/comments/", feedback.comments, name="article-comments"),
    path("settings/contact-forms/", form_settings.form_list, name="settings-contact-forms"),
    path("settings/contact-forms/new/", form_settings.edit_form, name="settings-contact-form-new"),
    path(FORM, form_settings.edit_form, name="settings-contact-form"),
    path(f"{FORM}position/", form_settings.position, name="settings-contact-form-position"),
    path(f"{FORM}activity/", form_settings.activity, name="settings-contact-form-activity"),
    path(f"{FORM}deletion/", form_settings.deletion, name="settings-contact-form-deletion"),
    path(f"{FORM}questions/new/", form_questions.edit_question, name="settings-contact-question-new"),
    path(QUESTION, form_questions.edit_question, name="settings-contact-question"),
    path(f"{QUESTION}position/", form_questions.position, name="settings-contact-question-position"),
    path(f"{QUESTION}deletion/", form_questions.deletion, name="settings-contact-question-deletion"),
]
