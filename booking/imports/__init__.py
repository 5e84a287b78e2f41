"""A partner's own spreadsheet, read into referrals. Never contains screens.

    bytes → table (rows with line numbers) → line (one typed referral) → the actions → report

`import_referrals` in `referrals.py` is the way in; everything that reads a cell is pure.
"""
