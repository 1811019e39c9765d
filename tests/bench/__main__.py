"""Measures everything; takes some minutes."""

import asyncio

from tests.bench import of_engine, of_iterations, of_processes, of_screen

print(
    "A ratio of 1 is as fast as what stands after the colon. They are of processor time: a busy machine slows both.\n"
)
far = of_engine.memory()  # first: it looks at the largest that the process has been
of_processes.table()  # early: what is started counts as no smaller than what starts it
of_processes.start()
of_processes.version()
of_processes.trace()
of_processes.objects()
of_engine.iterations()
of_iterations.iterations()
of_engine.steps()
of_engine.seeks(far)
asyncio.run(of_screen.keys())
asyncio.run(of_screen.frames())
asyncio.run(of_screen.large())
of_screen.openings()
