"""Addresses of readers: the help centre below /hc/, and what search engines ask for."""

from django.urls import URLPattern, URLResolver, path

from knowledge_base.views.help import feeds, looks, pages, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", feeds.robots, name="help-robots"),
    path("sitemap.xml", feeds.sitemap, name="help-sitemap"),
    path("sitemap-<int:number>.xml", feeds.sitemap_part, name="help-sitemap-part"),
    path("hc/icon-<int:hue>.svg", looks.icon, name="help-icon"),
    path("hc/logo/<int:centre_id>/<str:name>", looks.logo, name="help-logo"),
    path("hc/<str:language>/", pages.home, name="help-home"),
    path("hc/<str:language>/categories/<str:category_place>/", pages.category, name="help-category"),
    path("hc/<str:language>/sections/<str:section_place>/", pages.section, name="help-section"),
    path("hc/<str:language>/articles/<str:article_place>/", pages.article, name="help-article"),
    path("hc/<str:language>/search/", search.search, name="help-search"),
    path("hc/<str:language>/search/instant/", search.instant, name="help-instant"),
    path("hc/<str:language>/search/noted/", search.noted, name="help-noted"),
    path("hc/<str:language>/feed.xml", feeds.feed, name="help-feed"),
]
