"""One theme for every drawing: colours, type and axes. Contrast of each colour on white is at least 3:1."""

from crawler.registry import Stage

FONTS = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
INK = "#1B2630"
SECONDARY = "#44515D"
MUTED = "#5D6975"
GRID = "#DDE3E8"
NEGATIVE = "#953F00"
POSITIVE = "#12807F"
VOLUME = "#8A95A0"
HATCH = "#77828D"
STAGE_COLOURS: dict[Stage, str] = {"before": "#6F87A6", "during": "#3F6491", "after": "#183A63"}
STAGE_TINTS: dict[Stage, str] = {"before": "#F3F6FA", "during": "#E9EFF6", "after": "#DFE8F2"}
VEIL = "rgba(255,255,255,0.8)"

Json = dict[str, object]


def layout(height: int, **more: object) -> Json:
    """A Plotly layout: our type, no legend, no dragging, so that a finger scrolls the page."""
    return {
        "height": height,
        "font": {"family": FONTS, "size": 13, "color": SECONDARY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": "#D4DAE0", "font": {"color": INK, "size": 13}},
        **more,
    }


def axis(**more: object) -> Json:
    """A quiet axis."""
    return {"fixedrange": True, "gridcolor": GRID, "zeroline": False, "tickfont": {"color": SECONDARY}, **more}


def note(text: str, *, size: int = 12, colour: str = MUTED, bold: bool = False, **more: object) -> Json:
    """Words on a drawing. Weight is a font property: markup would become a style attribute, which the CSP refuses."""
    font = {"size": size, "color": colour, "weight": 700 if bold else 400}
    return {"text": text, "showarrow": False, "font": font, **more}
