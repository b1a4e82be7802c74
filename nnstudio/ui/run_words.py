"""What is said of a run: times, sizes, counts and states, in words."""

from __future__ import annotations

from datetime import datetime

from nnstudio.studio.live import SILENCE, Live
from nnstudio.studio.run_files import RunEntry
from nnstudio.ui.i18n import tr
from nnstudio.ui.plots.axes import number, percent

MIB = 2**20


def count(value: float) -> str:
    """Return a count as it is read: `12 400`, `13.6 k`, `2.1 M`."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            shown = value / (1e3 if letter == "k" else limit)
            return f"{shown:.1f} {letter}"
    return f"{value:,.0f}".replace(",", " ")


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    if minutes < 60:
        return f"{minutes:02d}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def size(value: int) -> str:
    """Return bytes as they are read."""
    if value >= 2**30:
        return f"{value / 2**30:.1f} GiB"
    if value >= MIB:
        return f"{value / MIB:.1f} MiB" if value < 100 * MIB else f"{value / MIB:.0f} MiB"
    return f"{max(1, round(value / 1024))} KiB"


def age(seconds: float) -> str:
    """Return how long ago something was."""
    if seconds < 1.5:
        return tr("just now")
    if seconds < 120:
        return tr("{n} s ago", n=round(seconds))
    if seconds < 7200:
        return tr("{n} min ago", n=round(seconds / 60))
    return tr("{n} h ago", n=round(seconds / 3600))


def moment(time: datetime | None, now: datetime | None = None) -> str:
    """Return when something was: today's by the clock, earlier with the day."""
    if time is None:
        return ""
    here = time.astimezone()
    today = (now or datetime.now().astimezone()).date()
    return f"{here:%H:%M:%S}" if here.date() == today else f"{here:%Y-%m-%d %H:%M}"


def metric(name: str, value: float) -> str:
    """Return the value of a metric as it is read."""
    last = name.rpartition("/")[2]
    return percent(value) if "accuracy" in last or last == "exact_match" else number(value)


def speed(live: Live) -> str:
    """Return how fast a run is, or was on average: steps, and samples where there are batches."""
    if live.over and live.trace.seconds > 0:
        mean = live.trace.step / live.trace.seconds
        return tr("{n} steps/s on average", n=f"{mean:.1f}" if mean < 20 else count(round(mean)))
    steps = live.speed
    if not steps:
        return "–"
    words = tr("{n} steps/s", n=f"{steps:.1f}" if steps < 20 else count(steps))
    seen = live.samples_a_second
    return f"{words} · {tr('{n} samples/s', n=count(seen))}" if seen else words


def time_left(live: Live) -> str:
    """Return how long it will take, or took."""
    if live.over:
        took = live.trace.seconds
        return tr("took {time}", time=clock(took) if took >= 9.5 else tr("{n} s", n=f"{took:.1f}"))
    left = live.time_left
    return "–" if left is None else tr("{time} left", time=clock(left))


def doing(live: Live) -> str:
    """Return what a run does at this moment."""
    words = {
        "preparing": tr("writing the code"),
        "waiting": tr("waiting for another run"),
        "starting": tr("loading code and data"),
        "paused": tr("paused"),
        "stopping": tr("stopping"),
        "finished": tr("finished"),
        "stopped": tr("stopped"),
        "failed": tr("failed"),
    }
    if live.status in words:
        return words[live.status]
    if not live.step:
        return tr("waiting for data")
    if live.silence > SILENCE:
        return tr("computing, no step for {n} s", n=round(live.silence))
    return tr("computing")


def state(entry: RunEntry) -> str:
    """Return how a run of the list is."""
    words = {
        "running": tr("running"),
        "finished": tr("finished"),
        "stopped": tr("stopped"),
        "failed": tr("failed"),
        "broken": tr("broken off"),
    }
    return words[entry.state]


STATE_COLORS = {
    "running": "accent",
    "finished": "good",
    "stopped": "muted",
    "failed": "bad",
    "broken": "warn",
}
