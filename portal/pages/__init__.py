"""The portal in a browser: one page a file, made by the templates beside it."""
