"""Serves rest_wsgi on loopback with answers in bytes, which WSGI asks for and the module doesn't give.

The master's configuration is the file that SALT_MASTER_CONFIG names.
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from salt.netapi import rest_wsgi


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def in_bytes(environ, start_response):
    answer = rest_wsgi.application(environ, start_response)
    return [part.encode() if isinstance(part, str) else part for part in answer]


make_server("127.0.0.1", int(sys.argv[1]), in_bytes, handler_class=Quiet).serve_forever()
