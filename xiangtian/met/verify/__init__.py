"""Verification of fields and ensembles: how good a forecast of rain was, with the counts that say so.

One file a question. A module that counts over cells has `tally(...)`, which goes over the fields once and gives a
frozen `Tally`: whole numbers and sums for each of k fields (k is the lead where a forecast has leads), never ratios.
Tallies of the same make are added with `+` (starts, events, days) and pooled over k with `.pooled()`; their scores are
asked for afterwards, so that a mean over starts is one ratio of sums. A score whose denominator is 0 is NaN.

- `categorical`: yes/no at thresholds; `fractions`: the same seen through windows; `continuous`: errors and correlation
- `ensemble`: CRPS, spread, ranks and probabilities in one pass; `reaching`: its probabilities alone, faster;
  `ranking`: its ranks alone, faster; `probability`: Brier score, its parts, reliability, ROC
- `sal`: structure, amplitude, location; `spectrum`: how much of each scale is left
- `bootstrap`: whether a difference is one; `leads`: tables over lead times, which must have a persistence row;
  `plain`: any tally as JSON

A cell that is unknown (NaN or infinite) in the forecast, in any of its members or in the observation is left out
of all. An event is a value that reaches or passes its threshold, both taken as float32, as the fields are: what was
stored as 0.7 reaches 0.7.
"""
