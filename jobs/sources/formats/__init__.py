"""Bytes of one format to items; pure, and for a parser's worker process only."""
