#!/usr/bin/env bash
# promql_parser_text: str() of a parsed PromQL expression is another query: subqueries lose their colon, durations
# their milliseconds.
#
# Software: PyPI's promql-parser 0.12.0.
# Guess:    str(parse(query)) is the query, in other spacing.
# Seen:     max_over_time(busy[1h:]), the largest of an hour's steps, becomes max_over_time(busy{}[1h]), the largest
#           of its samples: both are valid, and answer differently. busy[1500ms] becomes busy{}[1s], and a quote in a
#           label is no longer escaped, so that the text cannot be parsed. prettify() is right in all three.
# Bears on: whoever rewrites queries of rules or dashboards in Python; grafana/dashboards only reads trees.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.12.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "promql-parser==$version"; } ||
    { echo "cannot be run: pip has no promql-parser==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

from promql_parser import parse

print("promql-parser", version("promql-parser"))
described = {
    "max_over_time(busy[1h:])": "max_over_time(busy{}[1h])",
    "last_over_time(busy[1500ms])": "last_over_time(busy{}[1s])",
    r'busy{disk="a\"b"}': 'busy{disk="a"b"}',
}
same = True
for query, text in described.items():
    tree = parse(query)
    print(f"{query}  str: {tree}  prettify: {tree.prettify()}")
    same = same and str(tree) == text and parse(tree.prettify()).prettify() == tree.prettify() != text
subquery, samples = (type(parse(query).args[0]).__name__ for query in list(described.items())[0])
print("the argument was a", subquery, "and is a", samples)
if not same or (subquery, samples) != ("SubqueryExpr", "MatrixSelector"):
    sys.exit("another behaviour than the one described above")
PYTHON
