"""Every sentence a person reads, by language; escaping, cutting, entities.

Pure: facts in, a ``Message`` out. Sentences are English in the source and pass
through gettext; formatting is given as entities, never as markup, so no word of a
foreign text can be taken for a command of ours.
"""
