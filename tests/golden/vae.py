"""VAE, drawn in NNStudio."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class VAE(nn.Module):
    """Variational autoencoder (Kingma and Welling, 2013)."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(784, 400)
        self.mu = nn.Linear(400, 20)
        self.logvar = nn.Linear(400, 20)
        self.decoder = nn.Linear(20, 400)
        self.pixels = nn.Linear(400, 784)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # x: (N, 784)
        x = F.relu(self.encoder(x))  # (N, 400)
        mu = self.mu(x)  # (N, 20)
        logvar = self.logvar(x)  # (N, 20)
        std = torch.exp(0.5 * logvar)
        z = mu + std * torch.randn_like(std)
        x = F.relu(self.decoder(z))  # (N, 400)
        reconstruction = torch.sigmoid(self.pixels(x))  # (N, 784)
        return reconstruction, mu, logvar
