"""Cases over time; who is to be told what and why, or why not. Pure: `now` and all history are handed in."""
