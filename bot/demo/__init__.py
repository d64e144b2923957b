"""The product without a token or a network: true history, replayed through everything.

A loopback HTTP server plays the press of five years (``press``), a clock is moved along
(``clock``), and the very pipeline, outbox and application of a live bot do the rest
(``show``), with this terminal as the chat.
"""
