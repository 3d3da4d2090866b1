"""The trained part of the reader: labelled lines, what is looked at, the training, and weighing a
text by what was learnt.

It knows nothing of people, appointments or what follows. `understand.py` sets its weights beside
the rules, and decides.
"""
