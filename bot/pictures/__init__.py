"""Pictures: standings to a world map, events to a timeline.

``draw_map`` and ``draw_timeline`` are pure and return SVG in a millisecond or two; a
``Renderer`` turns that into a PNG of less than 100 kB, in a process of its own. No Chinese
is drawn, for the font has none: names go into the caption.
"""
