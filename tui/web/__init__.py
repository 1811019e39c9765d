"""The app in a browser: a small server on the loopback address, and its page."""
