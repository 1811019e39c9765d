"""The engine runs without a terminal library: asked of a fresh interpreter, beside the import contract."""

import subprocess
import sys


def test_the_engine_imports_no_terminal_library():
    program = (
        "import pkgutil, sys, importlib, engine\n"
        "for module in pkgutil.walk_packages(engine.__path__, 'engine.'): importlib.import_module(module.name)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'textual', 'rich', 'tui', 'curses'}))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
