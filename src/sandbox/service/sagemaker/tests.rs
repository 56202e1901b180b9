//! Stories and laws of the service, told to it without a socket.
