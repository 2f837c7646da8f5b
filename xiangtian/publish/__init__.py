"""Publish: makes a released warning arrive, and knows that it did.

One row per (message, channel, target), written in the transaction of the signature; sweeps with leases hand each row
over, retry with patience, and close it only by its receipt. Exercises have targets and gateways of their own.
What it sends it gets as a `Notice`; of warnings themselves it knows nothing.
"""
