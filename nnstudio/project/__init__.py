"""The document on disk: format, migrations, store, settings."""
