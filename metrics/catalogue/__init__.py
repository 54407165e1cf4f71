"""The definitions themselves, by subject (rules-sla-metrics §5 with the differences of §6)."""
