"""The verbs of the recommender."""
