"""Pages: templates, style, script and charts of every page that people forward.

A page is one file that needs nothing else: no network, no script to be read, light and dark, on screen and on paper.
`render` fills a template; `charts` draws; `templates/` extends `base.html`.
"""
