"""Pure: standings in, a picture out."""
