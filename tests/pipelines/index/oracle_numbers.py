"""Percentiles, stats and extended_stats the slow, obvious way."""


def percentile(found, percent):
    if not found:
        return None
    rank = (len(found) - 1) * percent / 100
    lower = int(rank)
    return found[lower] + (found[min(lower + 1, len(found) - 1)] - found[lower]) * (rank - lower)


def stats(found):
    edges = {"min": min(found), "max": max(found), "avg": sum(found) / len(found)} if found else {}
    return {"count": len(found), "sum": sum(found)} | {key: edges.get(key) for key in ("min", "max", "avg")}


def spread(found):
    """Variances and what comes of them; Elasticsearch writes "NaN" for the sampling ones of a single value."""
    names = ("", "_population", "_sampling")
    if not found:
        kinds = {f"{what}{kind}": None for what in ("variance", "std_deviation") for kind in names}
        bounds = {f"{side}{kind}": None for side in ("upper", "lower") for kind in names}
        return kinds | {"sum_of_squares": None, "std_deviation_bounds": bounds}
    mean = sum(found) / len(found)
    scatter = sum((value - mean) ** 2 for value in found)
    result, bounds = {"sum_of_squares": sum(value * value for value in found)}, {}
    for kind, share in zip(names, (len(found), len(found), len(found) - 1), strict=True):
        variance = scatter / share if share else "NaN"
        deviation = variance**0.5 if share else "NaN"
        result |= {f"variance{kind}": variance, f"std_deviation{kind}": deviation}
        bounds[f"upper{kind}"] = mean + 2 * deviation if share else "NaN"
        bounds[f"lower{kind}"] = mean - 2 * deviation if share else "NaN"
    return result | {"std_deviation_bounds": bounds}
