"""How measurements of one shape repeat over a folder, and drift with the GPU's temperature."""

from collect import schema

MEASURED = ("time_s", "power_w")


def repeat_lines(name, rows):
    """A line for each shape of a table that was measured more than once."""
    key_columns = [column for column in schema.KEYS[name] if column != "repeat"]
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in key_columns), []).append(row)
    lines = []
    for key, group in groups.items():
        figures = [_figure(group, column) for column in MEASURED if len(group) > 1]
        if any(figures):
            lines.append(f"{name}: {' '.join(part for part in key if part)}, {len(group)} times: "
                         + "; ".join(figure for figure in figures if figure))
    return lines


def _figure(group, column):
    """Spread (standard deviation over mean) and, where the temperatures differ, the drift."""
    rows = [row for row in group if row[column]]
    if len(rows) < 2:
        return ""
    values = [float(row[column]) for row in rows]
    mean = sum(values) / len(values)
    spread = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5 / mean
    text = f"{column} differs by {100 * spread:.2f} %"
    slope = _slope([float(row["temperature_c"]) for row in rows if row["temperature_c"]], values)
    return text if slope is None else f"{text}, {100 * slope / mean:+.3f} % per degree"


def _slope(places, values):
    """Least squares; None where the places are unknown or within a degree."""
    if len(places) != len(values) or max(places) - min(places) < 1:
        return None
    middle, mean = sum(places) / len(places), sum(values) / len(values)
    above = sum((x - middle) * (y - mean) for x, y in zip(places, values))
    return above / sum((x - middle) ** 2 for x in places)
