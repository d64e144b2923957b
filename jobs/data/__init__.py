"""Data files, and the script that builds one of them."""
