"""Anything as text: numbers, names, calculations, verdicts. It knows no screen, and Textual only for styled text.

Here belongs a word or a number's form that several places share. Not here: whole documents (`paper`), or widgets.
"""
