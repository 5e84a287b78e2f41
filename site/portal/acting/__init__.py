"""Any action from the command line, for what has no screen yet: `manage.py act`."""
