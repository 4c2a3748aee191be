"""Short links: `making` them for a post, `placing` them in its texts, `counting` who follows them."""
