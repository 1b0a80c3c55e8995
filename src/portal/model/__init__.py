"""What a column, a record, a header and a collection are; no input, no output."""
