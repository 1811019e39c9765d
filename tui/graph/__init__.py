"""A walk as a picture: what to draw (`picture`), where (`layout`), as text (`paint`), on the screen (`widget`).

`from_view` makes what to draw; it alone knows the engine, and the widget alone the terminal library. Of a scenario that
is formulas, `formulas` makes the picture.
"""
