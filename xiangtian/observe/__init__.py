"""Observe: from the message of a station to a judged reading in the lake.

Listening (MQTT, folder, HTTP), keeping the raw bytes, decoding, quality control, quarantine.
`decode/` holds one file a format, `qc/` one file a test; both are pure.
"""
