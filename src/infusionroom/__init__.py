"""infusionroom runs the day of an infusion room, in a terminal."""

__version__ = "0.2.0"
