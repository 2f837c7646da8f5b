"""Warn: from evidence of danger to a signed message, and through its whole life to lifting or expiry.

Hazards judge evidence under dated rule tables; a forecaster drafts, another signs; the message becomes CAP 1.2.
Science: `hazards/`, rules, evidence, chain, texts, identifier, CAP writing (`cap`) and checking (`capcheck/`,
`profiles/`), signatures. Furniture: records, desk, jobs and interface of the room.
"""
