"""Threads: the connector, its sign-in and its webhooks."""

from platforms.threads.connector import Threads
from platforms.threads.hooks import ThreadsHook
from platforms.threads.sign_in import ThreadsSignIn

__all__ = ["Threads", "ThreadsHook", "ThreadsSignIn"]
