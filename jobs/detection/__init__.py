"""Pure: a text in, its mentions out, each with the rule and the words that gave it."""

from jobs.detection.detector import Detector
from jobs.detection.findings import Finding
from jobs.detection.reading import RULES_VERSION
from jobs.detection.texts import Text

__all__ = ["RULES_VERSION", "Detector", "Finding", "Text"]
