"""Addresses of the editor: articles being written, the blocks they share, and their pictures."""

from django.urls import path

from knowledge_base.views import editor

ARTICLE = "knowledge/articles/<int:article_id>/<str:language>/"

urlpatterns = [
    path(ARTICLE, editor.article, name="knowledge-article"),
    path(f"{ARTICLE}draft/", editor.draft, name="knowledge-draft"),
]
