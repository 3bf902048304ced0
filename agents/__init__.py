"""The processes: stages on Kafka, engine, edges to the outside, settings, command line."""
