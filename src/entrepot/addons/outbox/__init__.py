"""Messages to peers that leave once a call has committed: endpoints, the queue, and the log of deliveries."""
