"""Other libraries that train networks of PyTorch, each doing the work of the loops by hand.

Each is set up as lean as its manual allows: no logger, no progress bar, no checkpoint, the data in
a `DataLoader` of the same process, validation after every epoch. They come with the extra `bench`;
one that is not installed is left out. Every trainer returns its speed as `rivals` do.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.bench.rivals import Speed, Stopwatch, Work

Train = Callable[[nn.Module, Work], Speed]


def found() -> dict[str, Train]:
    """The trainers whose libraries are installed."""
    known = {"lightning": lightning, "keras": keras, "skorch": skorch, "ignite": ignite}
    return {name: train for name, train in known.items() if importlib.util.find_spec(name)}


def loaders(work: Work) -> tuple[DataLoader[Any], DataLoader[Any]]:
    """Batches of the training data, shuffled, and of the validation data."""
    train = DataLoader(TensorDataset(*work.train), batch_size=work.batch, shuffle=True)
    return train, DataLoader(TensorDataset(*work.val), batch_size=4 * work.batch)


def lightning(model: nn.Module, work: Work) -> Speed:
    """A `LightningModule` and a `Trainer` with all extras switched off."""
    import lightning as L

    watch = Stopwatch()

    class Module(L.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch: list[Tensor], number: int) -> Tensor:
            return work.compare(self.model(batch[0]), batch[1])

        def on_train_batch_end(self, *_: object) -> None:
            watch.step()

        def validation_step(self, batch: list[Tensor], number: int) -> None:
            self.log("val_loss", work.compare(self.model(batch[0]), batch[1]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=work.rate, fused=True)

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    trainer = L.Trainer(
        max_epochs=work.epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer.fit(Module(), *loaders(work))
    return watch.speed


def keras(model: nn.Module, work: Work) -> Speed:
    """`fit` of a Keras model that holds the torch module, with torch as backend."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as K

    watch = Stopwatch()

    class Watch(K.callbacks.Callback):  # type: ignore[misc, name-defined]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            watch.step()

    K.config.disable_interactive_logging()
    wrapped = K.Sequential([K.layers.TorchModuleWrapper(model)])
    with torch.device("cpu"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrapped.compile(optimizer=K.optimizers.Adam(work.rate), loss=_keras_loss(work))
        wrapped.fit(
            *(part.numpy() for part in work.train),
            validation_data=tuple(part.numpy() for part in work.val),
            batch_size=work.batch,
            epochs=work.epochs,
            verbose=0,
            callbacks=[Watch()],
        )
    return watch.speed


def _keras_loss(work: Work) -> Callable[[Any, Tensor], Tensor]:
    """Keras gives targets as numbers of its own kind."""
    whole = not work.train[1].is_floating_point()

    def loss(target: Any, output: Tensor) -> Tensor:
        if whole:
            return work.compare(output, target.long().reshape(output.shape[:-1]))
        return work.compare(output, target)

    return loss


def skorch(model: nn.Module, work: Work) -> Speed:
    """A `NeuralNet` that prints nothing."""
    import skorch.callbacks
    import skorch.helper

    watch = Stopwatch()

    class Watch(skorch.callbacks.Callback):  # type: ignore[misc]
        def on_batch_end(
            self, net: Any, batch: Any = None, training: bool = False, **_: Any
        ) -> None:
            if training:
                watch.step()

    class Criterion(nn.Module):
        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return work.compare(output, target)

    net = skorch.NeuralNet(
        model,
        Criterion,
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=work.rate,
        batch_size=work.batch,
        iterator_train__shuffle=True,
        iterator_valid__batch_size=4 * work.batch,
        max_epochs=work.epochs,
        train_split=skorch.helper.predefined_split(TensorDataset(*work.val)),
        callbacks=[("watch", Watch())],
        callbacks__print_log=None,
        verbose=0,
        device="cpu",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.fit(TensorDataset(*work.train), y=None)
    return watch.speed


def ignite(model: nn.Module, work: Work) -> Speed:
    """A trainer and an evaluator of `ignite.engine`."""
    from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
    from ignite.metrics import Loss

    watch = Stopwatch()
    train, val = loaders(work)
    optimizer = torch.optim.Adam(model.parameters(), lr=work.rate, fused=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = create_supervised_trainer(model, optimizer, work.compare)
        judge = create_supervised_evaluator(model, metrics={"loss": Loss(work.compare)})
        trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda _: watch.step())
        trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda _: judge.run(val))
        trainer.run(train, max_epochs=work.epochs)
    return watch.speed
