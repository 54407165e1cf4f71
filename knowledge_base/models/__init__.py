"""Help centres, articles in their languages and versions, and what readers do with them."""

from knowledge_base.models.article import (
    Article,
    ArticleEvent,
    AuthorComment,
    ContentBlock,
    OldAddress,
    Picture,
    Revision,
    State,
    Translation,
)
from knowledge_base.models.centre import AudienceKind, Category, Edition, HelpCentre, Section, name_in
from knowledge_base.models.importing import ArticleImport, ImportKind, ImportStage, Origin
from knowledge_base.models.reading import (
    BrokenLink,
    Comment,
    CommentState,
    Offer,
    Offered,
    Reason,
    View,
    Vote,
)
from knowledge_base.models.search import ArticleWords, KnownWord, Search, SearchedFrom, Synonyms

__all__ = [
    "Article",
    "ArticleEvent",
    "ArticleImport",
    "ArticleWords",
    "AudienceKind",
    "AuthorComment",
    "BrokenLink",
    "Category",
    "Comment",
    "CommentState",
    "ContentBlock",
    "Edition",
    "HelpCentre",
    "ImportKind",
    "ImportStage",
    "KnownWord",
    "Offer",
    "Offered",
    "OldAddress",
    "Origin",
    "Picture",
    "Reason",
    "Revision",
    "Search",
    "SearchedFrom",
    "Section",
    "State",
    "Synonyms",
    "Translation",
    "View",
    "Vote",
    "name_in",
]
