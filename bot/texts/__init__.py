"""Every sentence a person reads, by language; escaping, splitting, entities."""
