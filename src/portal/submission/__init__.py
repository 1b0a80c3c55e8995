"""Data from others: a folder checked, a bundle made of it, and a collection made of the bundle."""
