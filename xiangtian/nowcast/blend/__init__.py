"""Blending: a nowcast and a numerical forecast made one, seamlessly from 0 to 6 hours, by scale and skill.

`regrid` puts a forecast's fields on the radar's grid and `between` gives it at the nowcast's moments; `skill` measures
at each scale how long rain keeps its shape and how well the numerical forecast has it right now; `weights` makes the
best mean of the two from that; `seamless` does it for all leads.
"""
