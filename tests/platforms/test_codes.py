"""Every code that is raised is explained, and every explanation is used."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from platforms import base
from platforms.codes import CODES

FOLDER = Path(base.__file__).parent
RAISING = {"ConnectorError", "Temporary", "Stale", "Unsure", "Reconnect", "Rejected", "Unknowable", "Problem"}
PASSED_ON = {"e.code", "code"}
"""Codes that come from another place in these files, which is looked at itself."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in FOLDER.rglob("*.py"):
        if path.name != "base.py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING:
                    yield f"{path.name}:{node.lineno}", node


def literals() -> Iterator[str]:
    """Every string that could be a code."""
    for path in FOLDER.rglob("*.py"):
        if path.name != "codes.py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_code_that_is_raised_is_explained():
    found = 0
    for place, call in calls():
        first = call.args[0]
        if isinstance(first, ast.Constant):
            assert first.value in CODES, f"{place}: {first.value!r}"
            found += 1
        else:
            assert ast.unparse(first) in PASSED_ON, f"{place}: {ast.unparse(first)}"
    assert found > 30


def test_every_explanation_is_used():
    assert not set(CODES) - set(literals())


def test_every_placeholder_is_given():
    """A sentence may use fewer numbers than it gets, never more."""
    for place, call in calls():
        first = call.args[0]
        if not isinstance(first, ast.Constant):
            continue
        needed = {name for _, name, _, _ in string.Formatter().parse(CODES[str(first.value)]) if name}
        given: set[object] = {keyword.arg for keyword in call.keywords}
        if len(call.args) > 1 and isinstance(call.args[1], ast.Dict):
            given |= {key.value for key in call.args[1].keys if isinstance(key, ast.Constant)}
        assert needed <= given, f"{place}: {first.value!r} needs {needed - given}"
