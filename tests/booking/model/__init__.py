"""The rules of sitting, waiting and meeting as dictionaries and dataclasses: what the actions are
compared with (tests/booking/test_all_actions.py). It knows no database, and nothing of the engine."""
