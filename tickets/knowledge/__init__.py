"""Where tickets and articles meet: suggestions, articles from tickets, deflection, gaps."""
