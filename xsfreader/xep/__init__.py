"""A specification's XML: its elements, and the words of its sections."""
