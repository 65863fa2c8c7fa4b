#!/usr/bin/env bash
# lttb_share_of_peaks: a machine at 100 % for 2.5 % of the day is at 100 % in half of the points that LTTB keeps.
#
# Software: PyPI's lttb 0.3.2 and tsdownsample 0.1.5.1 (the downsampling of plotly-resampler).
# Guess:    largest-triangle-three-buckets keeps what a series looks like; percentiles of what is left are about those of
#           the series, and if they are wrong then since peaks got lost.
# Seen:     of a day at 15 s, 20 % busy with one sample at 100 % every ten minutes, 144 points are kept: more than four
#           of ten of them are at 100 %. P95 and P90 are 100 % where the day's are below 35 %, and the mean is more than
#           double. Both libraries agree. Peaks win in each bucket; that is what the method is for.
# Bears on: percentiles, hours above a level and right-sizing from the points of a chart, or from an API that thins
#           them so: they say "too small" of a machine that is idle for 97 % of the day.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check lttb==0.3.2 tsdownsample==0.1.5.1 numpy==1.26.4; } ||
    { echo "cannot be run: pip has no lttb==0.3.2 or tsdownsample==0.1.5.1" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

import lttb
import numpy as np
from tsdownsample import LTTBDownsampler

print("lttb", version("lttb"), "tsdownsample", version("tsdownsample"))
time = np.arange(5760) * 15.0
busy = np.random.default_rng(1).normal(20, 5, time.size)
busy[::40] = 100
left = {
    "all samples": busy,
    "lttb": lttb.downsample(np.c_[time, busy], 144)[:, 1],
    "tsdownsample": busy[LTTBDownsampler().downsample(time, busy, n_out=144)],
}
for name, values in left.items():
    p90, p95 = np.percentile(values, (90, 95))
    print(
        f"{name}: {values.size} values, {np.mean(values >= 99):.1%} at 100 %, mean {values.mean():.1f} %, "
        f"P90 {p90:.1f} %, P95 {p95:.1f} %"
    )
true, *thinned = left.values()
if np.percentile(true, 95) > 35 or any(
    np.percentile(values, 90) < 100 or np.mean(values >= 99) < 0.4 or values.mean() < 2 * true.mean() for values in thinned
):
    sys.exit("another behaviour than the one described above")
PYTHON
