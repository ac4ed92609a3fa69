"""Records that nobody should write, made from the contract by a seed, and a platform that lives through them."""
