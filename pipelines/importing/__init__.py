"""Importing: tables that people export (CSV, XLSX, JSON lines) into the journal, through the steps that crawls use.

opening  what a file is and how its text is encoded      tables   its rows, one after the other
mapping  which column means what                         rows     a row as a comment and its reply
judging  which rows may be kept, under which id          rejects  the others, to be mended
run      a whole import, or its rehearsal
"""
