"""Who provides what the ports ask for: the embedded default beside the scale-out engine."""
