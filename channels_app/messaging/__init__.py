"""Messages through accounts at other companies: in by hooks, out by calls, and what became of them."""
