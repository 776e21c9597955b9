"""What is kept: returns, runs, cases, decisions and the outbox. The only room that knows of SQL."""
