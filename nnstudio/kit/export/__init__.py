"""Writers of weights and models in other formats."""
