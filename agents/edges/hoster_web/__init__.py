"""A hoster's own page, served to the outside behind a signed link: its cases, figures and answers.

It has a port of its own and none of the operator's pages. May import `agents.edges.web`,
`agents.edges.lookup` and the engine.
"""
