"""What people look at every day: the wallboard, their own page, goals, and what customers talk about."""

from django.urls import path

from metrics.views import goals, me, voice, wall

urlpatterns = [
    path("reports/live/", wall.wallboard, name="wallboard"),
    path("reports/live/board/", wall.board, name="wallboard-board"),
    path("reports/me/", me.own_page, name="own-page"),
    path("reports/goals/", goals.goal_list, name="goals"),
    path("reports/goals/new/", goals.edit_goal, name="goal-new"),
    path("reports/goals/<int:goal_id>/", goals.goal_page, name="goal"),
    path("reports/goals/<int:goal_id>/edit/", goals.edit_goal, name="goal-edit"),
    path("reports/goals/<int:goal_id>/deletion/", goals.deletion, name="goal-deletion"),
    path("reports/voice/", voice.voice, name="voice"),
    path("reports/voice/counts/", voice.counts, name="voice-counts"),
    path("reports/voice/<int:term_id>/", voice.voice_term, name="voice-term"),
    path("reports/voice/<int:term_id>/visibility/", voice.visibility, name="voice-visibility"),
    path("reports/voice/<int:term_id>/topic/", voice.topic, name="voice-topic"),
]
