"""Version 1: what stands here changes only by addition."""
