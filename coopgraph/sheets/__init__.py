"""Sheets of spreadsheets and separated text, taken into a dataset as one operation, and given out again."""
