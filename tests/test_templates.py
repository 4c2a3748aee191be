"""What no page shows at once: a form that is included without its token is refused only when somebody presses it."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "templates"
INCLUDE = re.compile(r'{% include "([^"]+)"([^%]*)%}')
INCLUDES = [
    (str(page.relative_to(FOLDER)), name, given)
    for page in sorted(FOLDER.rglob("*.html"))
    for name, given in INCLUDE.findall(page.read_text(encoding="utf-8"))
]


@cache
def sends(name: str) -> bool:
    """Whether a form stands in this template or in one that it includes."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return "{% csrf_token %}" in text or any(sends(inner) for inner, _ in INCLUDE.findall(text))


@pytest.mark.parametrize(
    ("page", "name", "given"), [each for each in INCLUDES if each[2].split()[-1:] == ["only"] and sends(each[1])]
)
def test_a_form_is_given_its_token(page: str, name: str, given: str) -> None:
    assert "csrf_token=csrf_token" in given, f"{page} includes {name} with `only` and without csrf_token"


def test_there_is_something_to_look_at() -> None:
    assert sends("campaign/_findings.html")
    assert not sends("campaign/_preview.html")
