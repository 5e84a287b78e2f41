"""`bench rhythms`: how fast rhythms become sessions, beside bare dateutil and a bulk insert."""
