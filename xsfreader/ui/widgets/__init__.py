"""The widgets, which paint their own lines, and the rows of the list without Textual."""
