"""Telling facts of tickets from their timelines, and keeping them told (docs/decisions/facts.md)."""
