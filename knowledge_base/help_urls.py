"""Addresses of readers: the help centre below /hc/, and what search engines ask for."""

from django.urls import URLPattern, URLResolver, include, path

from knowledge_base.views.help import feeds, looks, pages, search

CENTRE: list[URLPattern | URLResolver] = [
    path("icon-<int:hue>.svg", looks.icon, name="help-icon"),
    path("logo/<int:centre_id>/<str:name>", looks.logo, name="help-logo"),
    path("", pages.any_language, name="help-any-language"),
    path("<str:language>/", pages.home, name="help-home"),
    path("<str:language>/categories/<str:category_place>/", pages.category, name="help-category"),
    path("<str:language>/sections/<str:section_place>/", pages.section, name="help-section"),
    path("<str:language>/articles/<str:article_place>/", pages.article, name="help-article"),
    path("<str:language>/search/", search.search, name="help-search"),
    path("<str:language>/search/instant/", search.instant, name="help-instant"),
    path("<str:language>/search/noted/", search.noted, name="help-noted"),
    path("<str:language>/feed.xml", feeds.feed, name="help-feed"),
]
# One prefix for all, and first of all addresses (helpdesk/urls.py): to come to the last of some three hundred costs a
# kept page a quarter of its time, and the other pages only this one look.
urlpatterns: list[URLPattern | URLResolver] = [
    path("hc/", include(CENTRE)),
    path("robots.txt", feeds.robots, name="help-robots"),
    path("sitemap.xml", feeds.sitemap, name="help-sitemap"),
    path("sitemap-<int:number>.xml", feeds.sitemap_part, name="help-sitemap-part"),
]
