"""Assessment of stations and people: what was due, what came, what it was worth, and who answers for it.

Pure: arrays of a day in, counts out. A figure always stands on its numerator, denominator, exemptions and rule version.
`rules` (dated tables), `states` (one day of one network), `tally` (counts by stretch of a day), `counts` (figures),
`owners` (who owns each minute), `episodes` (defects found by themselves), `charges` (who answers), `month` (rows).
"""
