"""What is known about stations: their identifiers, what they must report when, lists that disagree about them."""
