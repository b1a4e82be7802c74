"""A running mean that forgets, computed over every value and not over what is drawn of them.

    mean = β · mean + (1 − β) · value          shown = mean / (1 − βⁿ)

The division takes away the pull to zero at the start (Kingma and Ba, 2015, section 3), so that the
curve begins at the first value. Values that are not finite are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    from nnstudio.studio import arrays as np

BLOCK = 512
"""Values that are summed at once: β⁻⁵¹² is still far from the largest double."""

PIECE = 64 * BLOCK
"""Values that are worked on together, few enough to stay close to the processor."""

LEAST = 2.0
"""The shortest memory in steps; below it nothing is smoothed."""


def span_for(count: int) -> float:
    """Return the memory in steps that suits so many values: a power of two, about a 32nd of them.

    It changes only when the count has doubled, so that a curve does not creep while it grows.
    """
    return float(1 << max(0, (count // 32).bit_length() - 1)) if count >= 64 else 1.0


class Smoother:
    """Smooths values as they come.

    Args:
        span: Steps after which a value weighs 1/e of what it did; below 2 nothing is smoothed.
    """

    def __init__(self, span: float) -> None:
        self.span = span
        self._beta = 1.0 - 1.0 / span if span >= LEAST else 0.0
        self._mean = 0.0
        self._left = 1.0  # βⁿ: how much of the start is still in the mean
        self._last = float("nan")

    def extend(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the smoothed values of those that come next."""
        shown = values.copy()
        for start in range(0, len(values) if self._beta else 0, PIECE):
            piece = values[start : start + PIECE]
            finite = np.isfinite(piece)
            if finite.all():
                shown[start : start + PIECE] = self._smooth(piece)
            else:  # where there is no number, the mean stays as it is
                known = np.append(np.float32(self._last), self._smooth(piece[finite]))
                shown[start : start + PIECE] = known[np.cumsum(finite)]
        return shown

    def _smooth(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        count = len(values)
        if not count:
            return np.empty(0, np.float32)
        beta, rows = self._beta, -(-count // BLOCK)
        padded = np.zeros(rows * BLOCK)
        padded[:count] = values
        powers = beta ** np.arange(1.0, BLOCK + 1)
        # Within a block: βⁱ · Σ β⁻ʲ · x, each block as if nothing were before it.
        sums = np.cumsum(padded.reshape(rows, BLOCK) / powers, axis=1) * powers * (1 - beta)
        carried = self._carry(sums[:, -1], float(powers[-1]))
        means = (sums + carried[:, None] * powers).reshape(-1)[:count]
        starts = self._left * float(powers[-1]) ** np.arange(rows)
        left = (starts[:, None] * powers).reshape(-1)[:count]
        shown = means / (1.0 - left)
        self._mean, self._left = float(means[-1]), float(left[-1])
        self._last = float(shown[-1])
        result: NDArray[np.float32] = shown.astype(np.float32)
        return result

    def _carry(self, ends: NDArray[np.float64], decay: float) -> NDArray[np.float64]:
        """The mean before each block."""
        before, mean = [], self._mean
        for end in ends.tolist():
            before.append(mean)
            mean = mean * decay + end
        return np.array(before)
