"""Pictures: standings to maps and cards, events to timelines and charts.

The ``draw_*`` functions are pure and return SVG in a few milliseconds; a ``Renderer``
turns that into a PNG of less than 100 kB, in a process of its own. The font has no
Chinese: codes and letters stand in such a picture, and names go into the caption.
"""

from jobs.errors import RecognitionWatchError


class PictureError(RecognitionWatchError):
    """A picture could not be made, or not in time: the text goes without it."""
