"""The store's SQL, one module a subject; every function works inside a transaction that it is given."""
