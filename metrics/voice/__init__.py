"""What customers talk about more than they did: words, pairs of words and tags (docs/voice-of-the-customer.md)."""
