"""The ensemble nowcast (STEPS family): many futures of the rain of the last frames, each as likely as the others.

`latent` turns rain into a field on which errors are of one size, `spectra` and `autoregression` tell how long each
scale keeps, `innovation` how large the errors are and where, `noise` makes them, `perturbation` errs in the motion,
`matching` turns fields back into rain, `prepared` holds what all members share, `calibration` puts their spread right
by the last hour, `member` makes one, `ensemble` is the door, `tiled` the one for
ensembles larger than memory.
"""
