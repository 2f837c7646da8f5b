"""Kit: the engines that every room uses.

So far: jobs (sweeps over durable rows, ticked by one scheduler) and the page frame that all rooms share.
"""
