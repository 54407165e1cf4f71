"""Addresses where tickets and articles meet."""

from django.urls import path

from tickets.views.knowledge import article, audiences, beside, drafting, gaps

ARTICLES = "agent/tickets/<int:number>/articles/"
GAPS = "knowledge/gaps/"

urlpatterns = [
    path("knowledge/audiences/", audiences.audience, name="knowledge-audience"),
    path(ARTICLES, beside.ticket_articles, name="ticket-articles"),
    path(f"{ARTICLES}new/", drafting.article_from_ticket, name="article-from-ticket"),
    path(f"{ARTICLES}searches/", beside.article_searches, name="article-searches"),
    path(f"{ARTICLES}<int:article_id>/", beside.ticket_article, name="ticket-article"),
    path(f"{ARTICLES}<int:article_id>/flags/", beside.article_flags, name="article-flags"),
    path("knowledge/articles/<int:article_id>/tickets/", article.article_tickets, name="article-tickets"),
    path(GAPS, gaps.gap_report, name="knowledge-gaps"),
    path(f"{GAPS}decisions/<int:decision_id>/withdrawal/", gaps.gap_withdrawal, name="gap-withdrawal"),
    path(f"{GAPS}flags/<int:flag_id>/settlement/", gaps.flag_settlement, name="flag-settlement"),
    path(f"{GAPS}<slug:gap_kind>/", gaps.gap, name="knowledge-gap"),
    path(f"{GAPS}<slug:gap_kind>/article/", gaps.gap_article, name="gap-article"),
    path(f"{GAPS}<slug:gap_kind>/dismissal/", gaps.gap_dismissal, name="gap-dismissal"),
]
