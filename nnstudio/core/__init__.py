"""Words shared by every room: parameters, problems, signals, names, paths, versions."""
