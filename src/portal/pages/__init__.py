"""Types of page, one a module with its template."""
