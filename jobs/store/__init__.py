"""The only SQL of the project: one schema and one code path for SQLite and PostgreSQL.

``engine`` opens a database and hands out connections (``Store.read``, ``Store.write``);
every other module is named after what it keeps and holds plain functions that take such
a connection, so that a caller decides what stands in one transaction. Nothing here
decides what is news.
"""
