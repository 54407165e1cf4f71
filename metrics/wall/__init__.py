"""The wallboard: what goes on at this moment, in one look from across the room (docs/wallboard.md)."""
