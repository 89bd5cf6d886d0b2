"""Explanations, alternatives and repairs as text, tables and files."""
