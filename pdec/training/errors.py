"""What can go wrong in training. Apart from the loop, so that it can be caught without importing torch."""


class TrainingError(RuntimeError):
    """Training cannot go on: the loss is infinite or not a number."""
