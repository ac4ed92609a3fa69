"""What the door to the development broker is made of."""
