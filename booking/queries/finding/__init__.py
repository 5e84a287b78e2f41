"""How the finder finds: what is asked (`search`), what is known of the person (`facts`), the seat
engine's rules as SQL (`rules`), the walk over free places (`walks`), and the places themselves
(`places`). Everybody else uses `booking.queries.finder`."""
