"""A command that serves at a port of its own."""

import socket
import subprocess


def started(command, **options):
    """A process of a command with a port, what it says first, and the port: another where somebody else was quicker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [*command, "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if said := process.stdout.readline():
        return process, said, port
    _, errors = process.communicate()
    assert "something else uses it" in errors
    return started(command, **options)
