"""Drill: the same house, an invented or borrowed storm.

A stochastic storm, or a real one moved onto the city; stations that report it with instrument noise and planted
faults; and the truth of both, so that everything after it can be scored. What a drill issues is an exercise.
"""
