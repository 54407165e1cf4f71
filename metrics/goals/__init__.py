"""Goals: what a team wants to reach each day, week or month, and who hears when it will not (docs/goals.md)."""
