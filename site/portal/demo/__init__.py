"""A fictitious network, loaded through the same actions that people use. Never real people."""
