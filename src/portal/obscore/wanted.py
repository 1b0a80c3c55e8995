"""What users look for in an observed product of each type, and how an author can say it."""

__all__ = ["EXAMPLES", "GROUPS", "KIND", "MODEL", "WANTED"]

GROUPS = {
    "position": ("s_ra", "s_dec"),
    "band": ("em_min", "em_max"),
    "time": ("t_min", "t_max"),
}
_RULES = {
    "position": "s_ra:= 69.19 and s_dec:= -62.077 in degrees",
    "band": "em_min [nm]: LAMBDA0 and em_max [nm]: LAMBDA1, or both from the name of a filter",
    "time": "t_min: mjd(`DATE-OBS`), and t_max: t_min + EXPTIME [s]",
}
EXAMPLES = {
    name: f"write rules such as {rules}, or fill the columns in a table of rows; "
    "leave it where it cannot be known"
    for name, rules in _RULES.items()
}
"""The way out where one of the groups is not known."""
WANTED = {
    "cube": ("position", "band", "time"),
    "event": ("position", "band", "time"),
    "image": ("position", "band", "time"),
    "measurements": ("position",),
    "sed": ("position", "band"),
    "spectrum": ("position", "band", "time"),
    "timeseries": ("position", "band", "time"),
    "visibility": ("position", "band", "time"),
}
KIND = "write a rule such as dataproduct_type:= 'cube'"
"""The way out where the type is not known."""
MODEL = 4
"""Calibration level of what was computed; it has no place and no time."""
