"""Live sockets of the desk and the widget, over one hub a process."""
