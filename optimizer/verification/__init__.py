"""The independent check of a plan folder or a frontier folder, from its files alone.

opened             the files, read once, and the workbook's copy read again
folder_checks      what both kinds of folder are checked for: files, manifest, copy, case
plan_checks        a plan: status, audit, documents
frontier_checks    a frontier: points, boxes, plans, documents
documents          page and workbook against those rendered again
json_differences   where two JSON values differ
verify             the list of checks, and the report
second_opinion     the plan beside what another solver says
"""
