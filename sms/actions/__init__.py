"""The verbs about texts, and the only writers of what staff decide about them. As in
`booking.actions`: keyword-only, `by`, `now`, a `key`, one transaction, a journal entry, the object back.
"""

__all__: list[str] = []
