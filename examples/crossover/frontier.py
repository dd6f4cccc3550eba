"""Where a small model that thinks costs as many joules a right answer as a large one.

    python3 examples/crossover/frontier.py RESULTS.sqlite SMALL LARGE [MAP.svg]

RESULTS is what `joulefleet sweep` wrote, SMALL and LARGE are two of its policies. The key that was
varied last but has numbers for values is the load; every combination of the others is a row. A cell
is the ratio of the two policies' joules per right answer, and the frontier is the load at which it
is 1, on a straight line between neighbours (of logarithms). No package is needed.
"""
import html
import math
import sqlite3
import sys


def ratios(path, small, large):
    """The names of the keys, then by row of other keys: [(load, ratio)]."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    columns = [row[0] for row in base.execute("SELECT * FROM results LIMIT 0").description]
    keys = columns[columns.index("seed") + 1:columns.index("policy")]
    names = ", ".join(f'"{key}"' for key in keys)
    query = (f"SELECT policy, {names}, AVG(energy_per_correct_j) FROM results "
             f"WHERE policy IN (?, ?) GROUP BY policy, {names}")
    cost = {}
    for policy, *values, joules in base.execute(query, (small, large)):
        if joules is not None:
            cost[policy, tuple(values)] = joules
    points = {values for policy, values in cost if policy == small}
    numeric = [i for i in range(len(keys)) if all(is_number(point[i]) for point in points)]
    if not points or not numeric:
        sys.exit(f"no varied key with numbers, or no right answers of {small} in {path}")
    load = numeric[-1]
    rows = {}
    for point in points:
        if (large, point) in cost:
            other = tuple(value for i, value in enumerate(point) if i != load)
            ratio = cost[small, point] / cost[large, point]
            rows.setdefault(other, []).append((float(point[load]), ratio))
    return keys[load], {row: sorted(cells) for row, cells in sorted(rows.items())}


def is_number(value):
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def frontier(cells):
    """The loads at which the ratio passes 1."""
    found = []
    for (x, a), (y, b) in zip(cells, cells[1:]):
        if a < 1 <= b or a >= 1 > b:
            share = math.log(a) / (math.log(a) - math.log(b))
            found.append(math.exp(math.log(x) + share * (math.log(y) - math.log(x))))
    return found


def all_loads(rows):
    """The loads of all rows: one may lack some, where a sweep is not complete or nobody is right."""
    return sorted({x for cells in rows.values() for x, _ in cells})


def text(load, rows):
    loads = all_loads(rows)
    yield f"| {load} | " + " | ".join(f"{x:g}" for x in loads) + " | ratio 1 at |"
    yield "|---" * (len(loads) + 2) + "|"
    for row, cells in rows.items():
        crossings = ", ".join(f"{x:.3g}" for x in frontier(cells)) or "–"
        name = ", ".join(str(value) for value in row)
        ratio = dict(cells)
        figures = " | ".join(f"{ratio[x]:.2f}" if x in ratio else "–" for x in loads)
        yield f"| {name} | {figures} | {crossings} |"


def color(ratio):
    """Blue where the small model is cheaper, orange where the large one is, white where none is."""
    full = (107, 174, 214) if ratio < 1 else (253, 174, 107)
    depth = min(1.0, abs(math.log(ratio)) / math.log(4))
    return "rgb({},{},{})".format(*(round(255 - (255 - part) * depth) for part in full))


def svg(load, rows, title):
    width, height, left, top = 54, 22, 330, 50
    loads = all_loads(rows)
    lines = [f'<text x="8" y="18" font-weight="bold">{html.escape(title)}</text>']
    lines += [f'<text x="{left + i * width + 27}" y="{top - 8}" text-anchor="middle">{x:g}</text>'
              for i, x in enumerate(loads)]
    lines.append(f'<text x="8" y="{top - 8}">{html.escape(load)}</text>')
    for j, (row, cells) in enumerate(rows.items()):
        y = top + j * height
        lines.append(f'<text x="8" y="{y + 15}">{html.escape(", ".join(map(str, row)))}</text>')
        placed = [(left + loads.index(x) * width, ratio) for x, ratio in cells]
        lines += [f'<rect x="{x}" y="{y}" width="{width}" height="{height}" '
                  f'fill="{color(ratio)}" stroke="white"/>' for x, ratio in placed]
        for crossing in frontier(cells):
            i = max(k for k, x in enumerate(loads[:-1]) if x <= crossing)
            share = math.log(crossing / loads[i]) / math.log(loads[i + 1] / loads[i])
            x = left + (i + 0.5 + share) * width
            lines.append(f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + height}" '
                         f'stroke="black" stroke-width="3"/>')
        # A number that the frontier crosses stays readable on a rim of white.
        lines += [f'<text x="{x + 27}" y="{y + 15}" text-anchor="middle" '
                  f'stroke="white" stroke-width="3" paint-order="stroke">{ratio:.2f}</text>'
                  for x, ratio in placed]
    size = f'width="{left + len(loads) * width + 10}" height="{top + len(rows) * height + 10}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" '
            'font-size="12">' + "".join(lines) + "</svg>\n")


def main(arguments):
    if len(arguments) not in (3, 4):
        sys.exit(__doc__)
    path, small, large = arguments[:3]
    load, rows = ratios(path, small, large)
    if not rows:
        sys.exit(f"{path} holds no right answers of both {small} and {large}")
    print("\n".join(text(load, rows)))
    if len(arguments) == 4:
        with open(arguments[3], "w", encoding="utf-8") as file:
            file.write(svg(load, rows, f"Joules of a right answer: {small} over {large}"))


if __name__ == "__main__":
    main(sys.argv[1:])
