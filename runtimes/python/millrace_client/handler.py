"""From a handler's name to what is called."""

import importlib
import sys

from .errors import Fault


def load(name):
    """The function called `module.function` or `folder/module.function`. Raises Fault with what is wrong."""
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error)) from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        told = "Cannot use built-in module %s as a handler module" % module_name
        raise Fault("Runtime.BuiltInModuleConflict", told)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        told = "Unable to import module '%s': %s" % (module_name, error)
        raise Fault("Runtime.ImportModuleError", told) from error
    except SyntaxError as error:
        told = "Syntax error in module '%s': %s" % (module_name, error)
        where = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        raise Fault("Runtime.UserCodeSyntaxError", told, [where]) from error
    handler = getattr(module, function_name, None)
    if handler is None:
        told = "Handler '%s' missing on module '%s'" % (function_name, module_name)
        raise Fault("Runtime.HandlerNotFound", told)
    return handler
