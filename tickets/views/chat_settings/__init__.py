"""Settings of live chat: widgets, their questions and keys, and who is blocked."""
