"""The panes: each one widget that paints its own lines and repaints only those that changed."""
