"""Highlighting for editors and documents, made from the tables that the compiler itself uses."""
