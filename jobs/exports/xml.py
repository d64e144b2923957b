"""Writing XML: every text and attribute is escaped by the library, none is pasted in."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement


def put(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """Add an element with a text and return it."""
    element = SubElement(parent, tag, attributes)
    if text:
        element.text = text
    return element


def document(root: Element) -> str:
    """Return the whole document."""
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'
