"""Stand-ins of providers for tests and the demo: they speak the documented shapes, sign like them, and misbehave."""
