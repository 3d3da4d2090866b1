"""Who wrote a text, apart from what it means: the person, somebody else, or a phone.

Pure. `who.speaker_of` reads the words, `quotes.own_words` takes out what is quoted.
"""
