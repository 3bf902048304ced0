"""The fold of a URL's events and what it means: cases, classes, verdicts."""
