"""Web: the front door for people.

Settings of the site, the list of rooms, the menu, the home page and the log-in; it only assembles.
"""
