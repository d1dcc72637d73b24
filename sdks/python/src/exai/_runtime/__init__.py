"""The hand-written part of the client: HTTP, encoding, errors, pages and streams.

Nothing here imports generated code or knows the name of a product; generated code hands in what
it knows as data (`service.Service`, `operation.Operation`). Every import is relative, so that the
folder can stand in any package.
"""
