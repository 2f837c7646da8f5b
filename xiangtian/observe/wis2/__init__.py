"""WIS2: notifications and discovery records of WMO's information system, ours and those of the world.

Pure: `ids`, `topics`, `integrity`, `faults`, `messages`, `discovery`, `hours`, `outgoing`.
Worldly: `subscribe` (MQTT in), `fetch` (HTTP in), `publishing` (MQTT and files out); they know no records.
"""
