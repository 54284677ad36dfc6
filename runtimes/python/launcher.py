"""Starts a Python function on AWS's own client for the Runtime API, or on ours where that one could not be fetched.

Arguments: the folders of the code, of AWS's client, and of AWS's SDK (empty: not there); then, of the function, its
handler and, if its code was compiled ahead, the folder of its bytecode. A program that was started ahead of its function
gets the latter two with the function's variables.
"""

import importlib
import os
import sys


# Where AWS's client waits for events in its main thread; newer runtimes do so in another, by a library that it loads.
WAITING_IN_THIS_THREAD = ["AWS_Lambda_python3.%d" % minor for minor in (9, 10, 11)]


def main():
    task, client, sdk, *words = sys.argv[1:]
    # The first entry is our own folder: nothing of it is for functions.
    own, *library = sys.path
    sys.argv = ["bootstrap"]
    sys.path[:] = [client or own, *library]
    run = load_aws_client() if client else load_own_client()
    complete_builtins()
    if "MILLRACE_SPARE" in os.environ:
        sys.path.insert(0, own)
        from millrace_spare import awaited

        words = awaited(connect_aws_client if client else None)
        del sys.modules["millrace_spare"]
    handler, *bytecode = words
    run = run()
    sys.path[:] = [task, *layers(), *library, *filter(None, [client, sdk])]
    sys.meta_path.append(ForeignModules(task))
    if bytecode:
        from_bytecode(task, bytecode[0])
    run(handler)


def load_aws_client():
    """Loads AWS's client before the function's code can put anything in its way."""
    from awslambdaric import __main__ as program

    if os.environ.get("AWS_EXECUTION_ENV") not in WAITING_IN_THIS_THREAD:
        import concurrent.futures.thread

    read = log_variables()

    def finish():
        # One module of it reads variables while it is loaded.
        if log_variables() != read:
            importlib.reload(program.bootstrap)
        return lambda handler: program.main(["bootstrap", handler])

    return finish


def log_variables():
    """How the log is to be written; text is what is meant when nothing is said."""
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT", "Text"), os.environ.get("AWS_LAMBDA_LOG_LEVEL")


# AWS's client makes a path of it: `/ping`, which answers whoever asks.
PING_INSTEAD_OF_ID = "../../../ping?"


def connect_aws_client():
    """Makes AWS's client open its connection, which it keeps for the function's events; a refused answer would close it."""
    from awslambdaric.lambda_runtime_client import runtime_client

    try:
        runtime_client.post_invocation_result(PING_INSTEAD_OF_ID, b"", "application/json", None)
    except Exception:
        # Then the first event opens the connection.
        pass


def load_own_client():
    import decimal, json, logging, socket, traceback

    def finish():
        from millrace_client.loop import run

        return run

    return finish


def layers():
    """What layers bring, where AWS looks for it."""
    version = "python%d.%d" % sys.version_info[:2]
    folders = ["/opt/python/lib/%s/site-packages" % version, "/opt/python"]
    return [folder for folder in folders if os.path.isdir(folder)]


def complete_builtins():
    """The site module is left out for its folders, not for `exit()` and `help()`."""
    import site

    site.setquit()
    site.sethelper()


class ForeignModules:
    """Asked last, for a module that was not found: says so if it is there, compiled for another Python or processor."""

    def __init__(self, task):
        self._task = task

    def find_spec(self, name, path=None, target=None):
        beginning = name.rpartition(".")[2] + "."
        for folder in path or sys.path:
            for file in self._files(folder):
                if file.startswith(beginning) and file.endswith(".so"):
                    self._tell(os.path.join(folder, file))
        return None

    def _files(self, folder):
        try:
            return os.listdir(folder) if folder.startswith(self._task) else []
        except OSError:
            return []

    def _tell(self, path):
        here = "Python %d.%d on %s" % (*sys.version_info[:2], os.uname().machine)
        told = "%s is compiled for another Python or processor than runs this function: %s."
        print(told % (path, here), file=sys.stderr, flush=True)


def from_bytecode(task, bytecode):
    """Reads the bytecode of the function's modules from `bytecode`, which has the same folders as the code."""
    from importlib import machinery

    class AheadLoader(machinery.SourceFileLoader):
        def get_data(self, path):
            if path.endswith(".pyc"):
                try:
                    return super().get_data(bytecode + path[len(task) :])
                except OSError:
                    pass
            return super().get_data(path)

    finder = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (AheadLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )

    def hook(path):
        if path != task and not path.startswith(task + "/"):
            raise ImportError("not a folder of the function's code")
        return finder(path)

    sys.path_hooks.insert(0, hook)
    for path in [path for path in sys.path_importer_cache if path.startswith(task)]:
        del sys.path_importer_cache[path]


if __name__ == "__main__":
    main()
