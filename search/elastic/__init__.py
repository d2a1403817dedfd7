"""The Elasticsearch engine, for more than one machine. Any stock 8.x server will do: no plugin, no script."""
