"""Pages of the industry-chain maps."""
