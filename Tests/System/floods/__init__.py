"""The parts of `make flood`: what `transaction-ingest` does under dirt, over time, and with much to remember."""
