"""The public page: what the ledger holds, to be read in a browser or inside Telegram.

``view`` and ``html`` are pure (contents in, markup out), ``visitors`` decides who is let in,
``routes`` serves it on the one HTTP server. Nothing on it can be written to, and nothing is
fetched from elsewhere.
"""
