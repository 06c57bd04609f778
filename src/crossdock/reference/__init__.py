"""The reference pages of the docs, made from the code itself: `python -m crossdock.reference` writes them anew."""
