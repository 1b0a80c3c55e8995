"""The catalogue: Parquet tables, how they are made, opened and asked."""
