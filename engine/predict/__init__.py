"""Learning by predicting: what is asked before a step is shown, what an answer is worth, which mistake made it.

Watching teaches little, predicting teaches (Naps and others 2003; Byrne, Catrambone and Stasko 1999).
"""
