"""Compiles every module of a function's code, without running any of it.

Arguments: the folder of the code, and the folder that gets the bytecode, with the same folders below it.
"""

import os
import py_compile
import sys
import time

# What is not compiled by then is compiled at each start, as all of it was before.
LIMIT_SECONDS = 40


def main():
    task, bytecode = sys.argv[1:3]
    deadline = time.monotonic() + LIMIT_SECONDS
    for folder, folders, files in os.walk(task):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if not name.endswith(".py"):
                continue
            if time.monotonic() > deadline:
                return
            compile_module(os.path.join(folder, name), task, bytecode)


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
