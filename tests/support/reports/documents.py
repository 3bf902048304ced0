"""A small document of the frame, with one chart."""

from typing import Final

from jinja2 import Template

from agents.tools.documents.page import ENVIRONMENT

RECORDED: Final[Template] = ENVIRONMENT.from_string(
    """{% extends "document.html" %}
{% block title %}{{ heading }}{% endblock %}
{% block estimand %}{{ about }}{% endblock %}
{% block main %}
<h2>{{ heading }}</h2>
<p>{{ words }}</p>
<figure><svg viewBox="0 0 10 10" role="img" aria-labelledby="t"><title id="t">{{ about }}</title>
<path class="one" d="M0 0L10 10" stroke="#154273" fill="none"/></svg></figure>
{% endblock %}"""
)
