"""The guide: the manual as topics, made from the schema, the formulas, the messages and the commands themselves.

`topics.py` lists them all, `find.py` finds one, `screen.py` shows it on a terminal, `page.py` writes the whole as HTML.
"""
