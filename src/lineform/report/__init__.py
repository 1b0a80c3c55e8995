"""The report of a posterior: one page with all that is needed to read it."""
