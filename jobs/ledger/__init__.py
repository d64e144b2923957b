"""Pure: what is believed (fusion, origins, standings) and what is told (transitions, fan-out)."""
