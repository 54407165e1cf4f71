"""One package per channel; adapters never import each other."""
