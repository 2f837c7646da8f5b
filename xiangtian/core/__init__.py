"""Core: what every room stands on.

The home folder, the clock, elements and flags, places, people and units of the bureau,
settings, facts (the transactional outbox between rooms) and the hash-linked ledger.
Nothing here knows any other room.
"""
