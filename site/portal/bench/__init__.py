"""`manage.py bench`: what the seat engine does and what it costs, with real processes against a
scratch database. Nothing here touches the configured one.

The parts: `scratch` makes and drops databases, `stage` fills one for a scenario, `worker` is one of
the processes (`attempts` through the actions, `floor` through the bare driver), `running` starts
them together, `invariants` and `unserved` look at what they left, with SQL of their own.
"""
