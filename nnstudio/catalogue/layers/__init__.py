"""The layers, one file a family; `catalogue.registry` joins them."""
