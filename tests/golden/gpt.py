"""GPT, drawn in NNStudio."""

import torch
from torch import Tensor, nn


class TransformerBlock(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, dim: int, heads: int = 4, dropout: float = 0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = nn.MultiheadAttention(dim, heads, dropout=dropout, batch_first=True)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # x: (N, T, dim), mask: (T, T)
        out = self.norm1(x)
        x = x + self.attention(out, out, out, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """A small language model.

    It predicts the next character.
    """

    def __init__(self):
        super().__init__()
        self.token_embedding = nn.Embedding(65, 128)
        self.position = nn.Parameter(0.02 * torch.randn(64, 128))
        self.blocks = nn.ModuleList(TransformerBlock(128, dropout=0.1) for _ in range(4))
        self.norm = nn.LayerNorm(128)
        self.head = nn.Linear(128, 65, bias=False)
        self.head.weight = self.token_embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:  # tokens: (N, 64)
        x = self.token_embedding(tokens) + self.position  # (N, 64, 128)
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))  # (N, 64, 65)
