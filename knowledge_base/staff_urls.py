"""Addresses of those who write: all below /knowledge/, with the settings of help centres.

What stands below an article's number comes before the editor's addresses, where any word is a language.
"""

from django.urls import URLPattern, URLResolver, include, path

from knowledge_base.views.staff import (
    beginning,
    centres,
    facts,
    home,
    readers,
    state,
    structure,
    synonyms,
    translations,
    versions,
)

ARTICLE = "knowledge/articles/<int:article_id>/"
WORDS = f"{ARTICLE}<str:language>/"
VERSION = f"{WORDS}versions/<int:revision>/"
CATEGORY = "knowledge/categories/<int:help_category_id>/"
SECTION = "knowledge/sections/<int:section_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("knowledge_base.carrying_urls")),
    path("knowledge/", home.home, name="knowledge"),
    path("knowledge/new/", beginning.new_article, name="knowledge-new"),
    path("knowledge/feedback/", readers.feedback, name="knowledge-feedback"),
    path("knowledge/feedback/<int:vote_id>/seen/", readers.seen, name="knowledge-feedback-seen"),
    path("knowledge/comments/", readers.comments, name="knowledge-reader-comments"),
    path("knowledge/comments/<int:reader_comment_id>/decision/", readers.decision, name="knowledge-comment-decision"),
    path("knowledge/translations/", translations.untranslated, name="knowledge-untranslated"),
    path(ARTICLE, home.any_language, name="knowledge-any"),
    path(f"{ARTICLE}archive/", facts.archive, name="knowledge-archive"),
    path(f"{ARTICLE}restoration/", facts.restoration, name="knowledge-restoration"),
    path(f"{ARTICLE}position/", facts.position, name="knowledge-position"),
    path(f"{WORDS}state/", state.panel, name="knowledge-state"),
    path(f"{WORDS}submission/", state.submission, name="knowledge-submission"),
    path(f"{WORDS}decision/", state.decision, name="knowledge-decision"),
    path(f"{WORDS}publication/", state.publication, name="knowledge-publication"),
    path(f"{WORDS}facts/", facts.facts, name="knowledge-facts"),
    path(f"{WORDS}review/", facts.review, name="knowledge-review"),
    path(f"{WORDS}history/", versions.history, name="knowledge-history"),
    path(VERSION, versions.version, name="knowledge-version"),
    path(f"{VERSION}restoration/", versions.restoration, name="knowledge-version-restoration"),
    path(f"{WORDS}translations/", translations.translations, name="knowledge-translations"),
    path(f"{WORDS}source/", translations.source, name="knowledge-source"),
    path("knowledge/sections/", structure.structure, name="knowledge-structure"),
    path("knowledge/categories/new/", structure.category, name="knowledge-category-new"),
    path(CATEGORY, structure.category, name="knowledge-category"),
    path(f"{CATEGORY}position/", structure.category_position, name="knowledge-category-position"),
    path(f"{CATEGORY}deletion/", structure.category_deletion, name="knowledge-category-deletion"),
    path("knowledge/sections/new/", structure.section, name="knowledge-section-new"),
    path(SECTION, structure.section, name="knowledge-section"),
    path(f"{SECTION}position/", structure.section_position, name="knowledge-section-position"),
    path(f"{SECTION}deletion/", structure.section_deletion, name="knowledge-section-deletion"),
    path("knowledge/synonyms/", synonyms.synonym_list, name="knowledge-synonyms"),
    path("knowledge/synonyms/<int:synonyms_id>/", synonyms.edit_synonyms, name="knowledge-synonym"),
    path("knowledge/synonyms/<int:synonyms_id>/deletion/", synonyms.deletion, name="knowledge-synonym-deletion"),
    path("settings/help-centre/", centres.centre_list, name="settings-help-centres"),
    path("settings/help-centre/new/", centres.edit_centre, name="settings-help-centre-new"),
    path("settings/help-centre/<int:centre_id>/", centres.edit_centre, name="settings-help-centre"),
]
