"""Finding things: documents, two engines behind one interface, and the drain that feeds them."""
