"""Measures everything; takes a minute."""

import asyncio

from tests.bench import of_engine, of_iterations, of_screen

print(
    "A ratio of 1 is as fast as what stands after the colon. They are of processor time: a busy machine slows both.\n"
)
far = of_engine.memory()  # first: it looks at the largest that the process has been
of_engine.iterations()
of_iterations.iterations()
of_engine.steps()
of_engine.seeks(far)
asyncio.run(of_screen.keys())
asyncio.run(of_screen.frames())
of_screen.openings()
of_screen.start()
