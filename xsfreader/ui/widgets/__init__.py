"""The widgets: all paint their own lines."""
