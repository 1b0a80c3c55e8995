"""The report of a posterior: one page with all that is needed to read it."""

from lineform.report.page import report_of

__all__ = ["report_of"]
