"""Live chat: what is said, who is with whom, and how it becomes a ticket (docs/decisions/chat.md)."""
