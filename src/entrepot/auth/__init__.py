"""Who somebody is: passwords, API keys, sessions, and the bounds on guessing them. Pure of the kernel."""
