"""Tables of ObsCore rows: made from files, written, read again, and told where each value is from.

::

    from portal import apply_mapping, extract, load_table

    response = extract("catalog/", "rules.map")
    table = response.to_table()
    response.write("obscore.vot")
"""
