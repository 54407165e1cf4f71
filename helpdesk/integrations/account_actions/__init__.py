"""Buttons beside an order: another system of the company's own does it, once, and its answer is on the timelines."""
