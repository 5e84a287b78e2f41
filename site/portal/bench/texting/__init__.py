"""`bench texts`: how fast due texts leave beside the bare client, and whether each leaves once though
workers are shot and answers are lost.

The parts: `town` fills the scratch database; `child` is the processes (`nursery` forks workers, which
do `work`); `nursing` and `provider` are the parent's ends of them; `crew` sets them to work, and
`floor` beside them; `judging` looks at what they left.
"""
