"""A person's own page: their day beside their own usual one, and nobody else's (docs/decisions/own-page.md)."""
