"""Where tickets and articles meet: beside a ticket, from a ticket, and the gap report."""
