"""The customers’ own pages: signing in by a link, their requests, and forms to write to us."""
