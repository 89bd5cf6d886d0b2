"""Pictures of charts, drawn in a child process, so that a crash of the drawing library does not end the command.

`draw` sends specifications and takes back svg or png; `drawing_process` is what runs in the child, the only file that
knows vl-convert.
"""
