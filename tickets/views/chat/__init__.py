"""Live chat for staff: the console, one chat of it, and what is done in it."""
