"""The world beside customers: outgoing webhooks, and the chat tools that teams work in."""
