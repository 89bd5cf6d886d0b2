"""Pictures of charts, drawn in a child process: the drawing library may end it, and never the plan.

`draw` sends specifications and takes back svg or png; `drawing_process` is what runs in the child, the only file that
knows vl-convert.
"""
