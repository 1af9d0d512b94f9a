"""The three provers: at one shape, at every shape up to a bound, for all shapes."""
