"""Writing a post: `content` what is typed and how it is kept, `drafts` what leaves on each channel, `variants` pictures
that fit a network, `form` and `typing` the page's fields, `autosave` and `presence`, `versions` and `differences`.
"""
