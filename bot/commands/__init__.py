"""The commands: read the store, call texts, answer."""
