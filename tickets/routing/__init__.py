"""Assignment: who gets a waiting ticket, why, and what happens when they do not answer.

`queue` keeps a row for every ticket that waits, `candidates` decides, `handing_out` gives, `taking_back` takes.
"""
