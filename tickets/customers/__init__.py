"""Customers as seen from their tickets: what needs both, because `customers` knows no tickets."""
