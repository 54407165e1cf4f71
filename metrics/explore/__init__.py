"""Explore: a question that somebody puts together, its answer as table or chart, saved, shared and mailed."""
