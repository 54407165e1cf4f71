"""Finding articles: their words per language, what was asked, what was found."""
