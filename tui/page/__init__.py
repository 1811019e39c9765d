"""A walk as one file for a browser: what it shows (`walked`), step by step, and the file (`document`).

Not here: a rule for a number, or a word for one. Graph, calculation and tables are those of the screen, taken apart
into what a page needs; `page.js` puts them together again and computes nothing of the walk.
"""
