"""Bot: everything that knows Telegram, and nothing that decides what is news.

It drains the outbox that the jobs fill (``delivery``), answers commands from the
store (``commands``), and holds every sentence a person reads (``texts``). Of the
jobs it may import only five doors: ``jobs.domain``, ``jobs.store``,
``jobs.settings``, ``jobs.reference`` and ``jobs.errors``.
"""
