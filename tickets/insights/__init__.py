"""The feedback board: what customers ask for, gathered for the product team, and telling those who asked."""
