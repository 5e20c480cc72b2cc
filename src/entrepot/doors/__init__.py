"""The doors: every wire that clients speak, each a codec around one `House`. Sockets and threads live in
`asgi` alone.
"""
