"""Tagger, drawn in NNStudio."""

from torch import Tensor, nn


class Tagger(nn.Module):
    """Gives every word of a sentence a tag."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.encoder = nn.LSTM(64, 96, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(p=0.2)
        self.head = nn.Linear(192, 7)

    def forward(self, words: Tensor) -> Tensor:  # words: (N, T)
        x = self.embedding(words)  # (N, T, 64)
        x, _ = self.encoder(x)  # (N, T, 192)
        return self.head(self.dropout(x))  # (N, T, 7)
