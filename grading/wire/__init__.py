"""How judge and student talk: lines of JSON over a pipe, and objects that exist on both sides of it.

Both ends run this code, but only the judge's end is trusted: it takes nothing from a line but plain values of
bounded size, and no line can name a module, a class or a function to be loaded here.
"""
