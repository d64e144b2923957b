"""The words of the field as types: standard library only, no clock, no I/O."""
