"""The reads: one question a file, and the only places with clever SQL."""
