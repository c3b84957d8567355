"""Methods compared on one problem: what a step costs, how much memory it takes, how far its numbers spread."""
