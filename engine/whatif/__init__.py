"""What other rules or thresholds would have changed in the periods there are. Nothing is stored or sent."""
