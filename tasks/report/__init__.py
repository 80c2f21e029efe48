"""The yearly report: figures, tables, rendering."""
