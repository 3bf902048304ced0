"""Commands about a hoster's cases as a whole: dossiers, letters, orders.

May import all of `agents`.
"""
