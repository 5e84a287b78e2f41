"""What leaves on paper. Each document is words (pure), then pages: `typesetting` is the one door to
typst."""
