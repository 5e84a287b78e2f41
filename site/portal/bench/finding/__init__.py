"""`manage.py bench finder`: a network of any size in a scratch database, typical searches in it, and
the same month's answer by expanding rhythms at request time.

`plan` says what each partner does in a week, `country` makes the rows of it, `loading` writes them,
`searches` asks the finder, `naive` expands. `child` is the process that does it: Django opens one
database only, and the parent's is the configured one.
"""
