"""Outgoing webhooks by the open Standard Webhooks scheme: signed, retried for a day, logged, replayable."""
