"""The other way round: readings written in the formats in which the world exchanges them."""
