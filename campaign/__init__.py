"""The campaign and its voice: the ground of the other apps, and job 1, visibility."""
