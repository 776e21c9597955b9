"""What is known of each subject in a period: the fact sheet, its roll-ups, and what does not add up."""
