"""The customers' own pages: signing in, their requests, their files. None of them needs a script."""
