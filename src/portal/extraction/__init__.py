"""ObsCore values derived from a product, each with its origin; one group of columns a module."""
