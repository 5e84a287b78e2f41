"""The actions and the model side by side: a stage, the raw rows, and what must hold after each step."""
