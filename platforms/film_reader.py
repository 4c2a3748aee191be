"""Reads one film with MediaInfo and prints what it found as JSON. A process of its own, started with `python -I`.

Film files come from anywhere, and libmediainfo reads them in C. What makes it loop, grow or crash ends here, and takes
no web worker along. Imports nothing of ours.
"""

import json
import sys
from contextlib import suppress

SECONDS, MEMORY = 20, 2 * 1024**3
"""Of the processor; bytes of addresses. The parent waits less long, and kills."""


def limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(path: str) -> list[dict[str, object]]:
    """The tracks, as MediaInfo names their parts. It is told to look at this file and at no other."""
    from pymediainfo import MediaInfo

    options = {"File_TestContinuousFileNames": "0", "File_IsReferenced": "1"}
    return [track.to_data() for track in MediaInfo.parse(path, mediainfo_options=options).tracks]


if __name__ == "__main__":
    limit()
    json.dump(read(sys.argv[1]), sys.stdout)
