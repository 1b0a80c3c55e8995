"""Where bytes live: each module is one kind of store."""
