"""What is known, in the formats of the trade: pure functions from the ledger to bytes.

They read no store and no clock, and take every text as hostile: whatever a headline, an
address or an operator's note holds is text in what comes out, and never markup, a
formula or a second line.
"""
