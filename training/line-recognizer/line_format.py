"""The form of a line that the recognizer reads."""
# Pixels from the top of a line to its end, and of its width to one timestep.
height, step_width = 32, 4
# Pixels: what nearly all lines keep to, and all of them.
usually_widest, widest = 400, 670
