"""Full-text search over tickets and customers. docs/decisions/search.md says why it is made as it is."""
