"""The rig: real processes on a real broker, as the system tests, the demo and the benchmarks drive them.

Every process belongs to the Python process that started it and dies with it, however that ends.
"""
