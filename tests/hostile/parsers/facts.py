"""What Python's own parser finds in files: kinds of nodes, names, values, comments.

Usage: python3 facts.py < files > facts; both are JSON.
"""

import ast
import io
import json
import sys
import tokenize
from collections import Counter


def is_text(node: ast.AST) -> bool:
    """Tell whether a statement is a docstring, or stands where one does."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def walk(node: ast.AST, above: str, found: Counter[str]) -> None:
    """Count a node and what is below it."""
    kind = type(node).__name__
    if is_text(node):
        found[f"doc {above}"] += 1
        return
    found[f"node {above} {kind}"] += 1
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Constant):
            found[f"text {value}" if isinstance(value, str) else f"value {value!r}"] += 1
        elif isinstance(value, str):
            found[f"name {name} {value}"] += 1
    for child in ast.iter_child_nodes(node):
        walk(child, kind, found)


def comments(text: str, found: Counter[str]) -> None:
    """Count comments; those of lines that follow each other are one."""
    last = -1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            alone = token.line[: token.start[1]].strip() == ""
            found["comment"] += not alone or token.start[0] != last + 1
            last = token.start[0] if alone else -1


def facts(name: str, text: str) -> Counter[str]:
    """Give what a file holds, each with its number."""
    found: Counter[str] = Counter()
    try:
        walk(ast.parse(text, name), "", found)
        comments(text, found)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        found[f"error {error}"] += 1
    return found


json.dump([facts(file["name"], file["text"]) for file in json.load(sys.stdin)], sys.stdout)
