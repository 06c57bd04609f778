"""`crossdock.yaml`: read with every mistake named at once, described to editors and people, and scaffolded."""
