"""The only network of the jobs: addresses in, news items out."""
