"""The mosaic: what many radars see, laid on one grid and merged (`network.mosaic`)."""
