"""Promises of time: which policy a ticket is under, the clocks that run for it, and the log that explains them.

`clock` is pure and decides everything; `targets` feeds it with what gestures do and stores what it says.
"""
