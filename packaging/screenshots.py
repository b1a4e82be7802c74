"""Take the pictures of the README anew: `.venv/bin/python packaging/screenshots.py`.

The real window opens off screen in each theme, trains a template, and is grabbed.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["NNSTUDIO_HOME"] = tempfile.mkdtemp(prefix="nnstudio-screenshots-")
FOLDER = Path(__file__).resolve().parents[1] / "resources" / "screenshots"
TEMPLATE = "resnet-mnist"
SIZE = (1600, 1000)
PATIENCE = 300.0


def main() -> int:
    """Write `dark.png` and `light.png`."""
    # After the platform is chosen.
    from nnstudio.project.settings import Settings
    from nnstudio.ui import app, style
    from nnstudio.ui.theme import Theme

    application = app.make_application()
    settings, theme = Settings(), Theme("dark")
    style.apply(application, theme)
    window, _ = app.compose(settings, theme)
    window.resize(*SIZE)
    window.show()
    application.processEvents()
    window.complete()

    def rest(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            application.processEvents()
            time.sleep(0.005)

    rest(1.0)
    window.files.template(TEMPLATE)
    rest(1.0)
    runs = window.running.runs
    runs.start("afresh")
    begun = time.monotonic()
    while (runs.live is None or runs.live.epoch < 5) and time.monotonic() - begun < PATIENCE:
        rest(0.2)
    graph = window.documents.session.project.graphs[window.context.view.graph]
    chosen = next(key for key, node in graph.nodes.items() if node.layer.startswith("block:"))
    window.context.view.select([chosen])
    FOLDER.mkdir(exist_ok=True)
    for mode in ("dark", "light"):
        theme.choose(mode)
        rest(2.0)
        window.grab().save(str(FOLDER / f"{mode}.png"))
    window.hide()
    os._exit(0)  # the run goes on in its thread, and nobody waits for it


if __name__ == "__main__":
    sys.exit(main())
