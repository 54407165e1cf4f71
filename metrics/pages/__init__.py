"""What stands on each report page: a few questions asked, and their answers as figures, charts and tables."""
