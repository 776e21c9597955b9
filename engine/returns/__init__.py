"""What owners submit: workbooks and CSV files read into returns, with a problem for every cell that can't be."""
