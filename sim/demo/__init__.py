"""The demo: a broker, the pipeline and the practice world on one machine, and the comparison."""
