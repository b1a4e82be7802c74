"""Readers of data sets, the splits and the augmentation they share."""
