"""Articles as Markdown, and Markdown as articles: for writers who think in it, for folders of files, for exports.

CommonMark with GitHub's tables, strike-through and alerts. What Markdown has no sign for is said so:
`![alt](picture:7)`, `[words](article:12#part)`, and on a line of their own `{{block:5}}` and `{{video:youtube:…}}`.
See docs/decisions/markdown.md.
"""

from .reading import from_markdown
from .writing import to_markdown

__all__ = ["from_markdown", "to_markdown"]
