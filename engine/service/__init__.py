"""The service: what comes round by itself, done once, whichever replica is up. The only room that knows APScheduler."""
