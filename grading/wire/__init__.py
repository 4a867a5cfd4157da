"""How judge and student's process talk: typed messages over a pair of pipes, and values that cross by copy.

messages  what can be said, as msgspec Structs; whatever is not one of these ends the conversation
channel   a pair of pipes, with limits on size and time
values    Python's and numpy's values made into messages and back

Both ends run this code, but only the judge's end is trusted. What it decodes are plain values of bounded size; no
message can name a module, a class or a function to be loaded by the judge.
"""
