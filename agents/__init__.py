"""Who acts: the Faust apps, their edges to the world, settings and the command line."""
