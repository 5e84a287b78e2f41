"""How the finder finds: what is asked (`search`), what is known beforehand (`facts`, from the
`questions`), the seat engine's `rules` in SQL, the `walks` over free places, and the `places`
themselves. Everybody else uses `booking.queries.finder`."""
