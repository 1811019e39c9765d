"""The network as a picture: what to draw (`picture`), where (`layout`), as text (`paint`), on the screen (`widget`).

Only the widget knows the terminal library; nothing here knows the engine.
"""
