"""Addresses of the editor: articles being written, the blocks they share, and their pictures."""

from django.urls import path

from knowledge_base.views import editor, pictures

ARTICLE = "knowledge/articles/<int:article_id>/<str:language>/"

urlpatterns = [
    path(ARTICLE, editor.article, name="knowledge-article"),
    path(f"{ARTICLE}draft/", editor.draft, name="knowledge-draft"),
    path("knowledge/pictures/", pictures.upload, name="knowledge-pictures"),
    path("hc/pictures/<str:name>", pictures.show, name="help-picture"),
]
