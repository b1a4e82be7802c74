"""Words about what is done with a project: training, exporting, the command line, the world."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # ---------------------------------------------------------------------- world
    "world.exists": ("{path} is already there", "choose another name, or move it away first"),
    "world.file": ("{path} cannot be used: {why}", "check that it exists and may be used"),
    "world.read": ("{path} cannot be read: {why}", "check that it exists and may be read"),
    "world.write": ("{path} cannot be written: {why}", "free some space or choose another folder"),
    # ---------------------------------------------------------------------- non_finite
    "non_finite": ("{message}", "{hint}"),
    # ---------------------------------------------------------------------- exception
    "exception": ("{type}: {text}", "look at the shapes and settings of this node ({inputs})"),
    # ---------------------------------------------------------------------- forecast
    "forecast.memory": (
        "a batch of {batch} needs about {need}, and {free} are free",
        "take a smaller batch size",
    ),
    "forecast.too_large": (
        "training it needs about {need} whatever the batch size, and {free} are free",
        "take a smaller network, or close other programs",
    ),
    "forecast.unmeasured": ("the speed of this machine was not measured: {why}", "try it again"),
    "repair.batch_size": ("batch size {batch}", ""),
    # ---------------------------------------------------------------------- run
    "run.none": ("{path} is no run folder", "name a .nns file or the folder of a run"),
    "run.words": ("{message}", "{hint}"),
    "run.memory": (
        "the step needs more memory than there is: {why}",
        "take a smaller batch size or a smaller network",
    ),
    "run.disk": ("the disk refused: {why}", "make room or bring the folder back, then go on"),
    "run.checkpoint": ("the checkpoint cannot be used: {why}", "go on from another checkpoint"),
    "run.device": ("the device cannot be used: {why}", "{hint}"),
    "run.data": ("the data cannot be read: {why}", "{hint}"),
    "run.usage": ("the run was started with settings that it does not take", "look at its log"),
    "run.loaded": ("the run in {path} is loaded twice", "end the other one first"),
    "run.busy": ("the run in {path} is already going on", "end it first, or watch that one"),
    "run.unreadable": ("{path} cannot be read: {why}", "choose another run"),
    "run.changed": (
        "{path} is not the file that was written for this run",
        "start the run again from the project",
    ),
    "run.untrusted": (
        "the layer {name} is Python code that is not trusted on this machine",
        "read it, then trust it: in the window, or with nnstudio trust",
    ),
    "run.code": ("the code of the run could not be written: {why}", "look at the problems"),
    "run.torch": ("PyTorch could not be loaded: {why}", "install it again"),
    "run.crashed": (
        "the process of the run died: {how}; what it learned since its last checkpoint is lost",
        "go on from the last checkpoint",
    ),
    "run.gone": (
        "the run ended without a word, together with the window that it ran in",
        "go on from the last checkpoint",
    ),
    "run.home": ("a run cannot be started {home}", "choose thread or process"),
    "run.too_large": (
        "there would be {weights} weights, and no machine holds more than {most}",
        "use smaller sizes",
    ),
    "run.large": (
        "{weights} weights need several times their four bytes each to be trained",
        "use smaller sizes, or a machine with enough memory",
    ),
    "run.trust": (
        "{layer} is Python code that runs when the network runs",
        "read it, and trust it only if you know where it comes from",
    ),
    # ---------------------------------------------------------------------- usage
    "usage.template": ("there is no template {name}", "choose one of {choices}"),
    "usage.setting": ("{word} sets nothing", "write it like optimizer.lr=0.01"),
    # ---------------------------------------------------------------------- export
    "export.exists": ("{path} is already there and holds other files", "choose another folder"),
    "export.problems": ("the project has problems, so no code can be written", "mend them first"),
    "export.data": ("the data file {path} is missing", "choose the data again"),
    "export.differs": (
        "the export does not do what the application does: {what}",
        "write the export again",
    ),
    "export.no_step": (
        "a proof trains one step, and this project has no {lacking} to do so",
        "choose it first, or export without the proof",
    ),
    "export.failed": ("the export could not be run: {why}", "look at what it printed"),
}
