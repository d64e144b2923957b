"""Jobs: what the world says, what is believed of it, and what is to be told.

The way of one news item, left to right; each stage has its own type, so that a
signature says how far a thing has come::

    Source --read--> NewsItem --detect--> Mention --fuse--> Event --decide--> Transition
      sources          store.items          detection        ledger.fusion    ledger.transitions
    Transition --fan out--> Delivery (outbox) --send--> message
      ledger.fanout          store.outbox         bot.delivery

Two transactions and no gap between them: (1) items together with their source's
validators; (2) items marked as processed together with events, standings, alert
revisions and outbox rows. A crash in between repeats work and loses none.
"""
