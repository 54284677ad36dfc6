"""Compiles every module of a function's code, without running any of it.

Arguments: the folder of the code, and the folder that gets the bytecode, with the same folders below it.
"""

import itertools
import os
import py_compile
import sys
import time

# What goes beyond is compiled at each start, as all of it was before.
LIMIT_SECONDS = 40
MOST_MODULES = 8000


def main():
    task, bytecode = sys.argv[1:3]
    # Nobody waits for this.
    os.nice(10)
    deadline = time.monotonic() + LIMIT_SECONDS
    for source in itertools.islice(modules(task), MOST_MODULES):
        if time.monotonic() > deadline:
            return
        compile_module(source, task, bytecode)


def modules(task):
    for folder, folders, files in os.walk(task):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".py"))


def compile_module(source, task, bytecode):
    tag = sys.implementation.cache_tag
    folder, name = os.path.split(source)
    target = "%s%s/__pycache__/%s.%s.pyc" % (bytecode, folder[len(task) :], name[: -len(".py")], tag)
    try:
        # The code of a package never changes, so nothing has to be compared with its source.
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(source, target, doraise=True, invalidation_mode=mode)
    except (py_compile.PyCompileError, OSError, ValueError, RecursionError):
        # Whoever imports it learns what is wrong with it.
        pass


if __name__ == "__main__":
    main()
