"""Addresses of the editor: articles being written, the blocks they share, and their pictures."""

from django.urls import path

from knowledge_base.views import author_comments, blocks, editor, pictures, writing_tools

ARTICLE = "knowledge/articles/<int:article_id>/<str:language>/"

urlpatterns = [
    path(ARTICLE, editor.article, name="knowledge-article"),
    path(f"{ARTICLE}draft/", editor.draft, name="knowledge-draft"),
    path(f"{ARTICLE}preview/", writing_tools.preview, name="knowledge-preview"),
    path(f"{ARTICLE}markdown/", writing_tools.as_markdown, name="knowledge-markdown"),
    path(f"{ARTICLE}comments/", author_comments.comments, name="knowledge-comments"),
    path(
        f"{ARTICLE}comments/<int:comment_id>/resolution/",
        author_comments.resolution,
        name="knowledge-comment-resolution",
    ),
    path("knowledge/markdown/", writing_tools.of_markdown, name="knowledge-from-markdown"),
    path("knowledge/linkable/", writing_tools.links, name="knowledge-linkable"),
    path("knowledge/blocks/", blocks.block_list, name="knowledge-blocks"),
    path("knowledge/blocks/new/", blocks.new_block, name="knowledge-block-new"),
    path("knowledge/blocks/offers/", blocks.offers, name="knowledge-block-offers"),
    path("knowledge/blocks/<int:block_id>/", blocks.edit_block, name="knowledge-block"),
    path("knowledge/blocks/<int:block_id>/deletion/", blocks.deletion, name="knowledge-block-deletion"),
    path("knowledge/pictures/", pictures.upload, name="knowledge-pictures"),
    path("hc/pictures/<str:name>", pictures.show, name="help-picture"),
]
