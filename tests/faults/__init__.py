"""Faults: what posts, servers, files, terminals and other processes may do to the reader.

One file a kind. A test causes one fault and asserts what a person is left with: the one line they
see, and that what they had (posts, marks, settings, the terminal) is as it was.

To add a case, find the file of its kind and add a row to its table, or a test below it:

- ``test_text``: what a post may hold: endless code, a million paragraphs, combining marks, pastes.
- ``test_specifications``: what the XML of a specification may hold: bombs of entities, depth, junk.
- ``test_images``: what an image file may hold.
- ``test_servers``: what a Git host or a web server may send, or not send.
- ``test_files``: damaged databases and posts.
- ``test_disk``: odd things in place of files, permissions, full and read-only disks.
- ``test_state``: exports cut short, a locked state.
- ``test_merging``: marks of several machines, exported and imported in any order.
- ``test_terminal``: what a terminal may send, its end, signals, programs started from the app.
- ``test_store_errors``: every method of the library failing while the app is open.
- ``test_command_line``: closed streams, bad arguments and settings, every command with ``--json``.
- ``test_kills``: the program killed at random moments; all of it only in ``nox -s soak``.
- ``test_soak``: the app under random keys, resizes, pastes and syncs; all only in ``nox -s soak``.

Tests of permissions use ``tests/unprivileged.py``: for root there are none.
"""
