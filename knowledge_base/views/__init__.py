"""Pages of the help centre (public) and of those who write it (staff)."""
