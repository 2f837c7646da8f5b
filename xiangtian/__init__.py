"""相天 Xiangtian: the working platform of a city weather bureau."""
