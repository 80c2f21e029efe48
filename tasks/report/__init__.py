"""The yearly report: figures, tables, rendering.

The notebook takes its pages from ``tasks.report.gathering`` and ``tasks.report.pages``; whoever
only wants the report made need not wait for their data frames and figures.
"""

from tasks.report.annual import Report, annual_report, report_draft

__all__ = ["Report", "annual_report", "report_draft"]
