// The curve of a test: units per second by busy level, with the band of the intervals.
"use strict";

for (const canvas of document.querySelectorAll("canvas[data-curve]")) {
  const found = JSON.parse(canvas.dataset.curve);
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--faint");
  const line = style.getPropertyValue("--line");
  const points = (values) => values.map((value, index) => ({ x: found.busy[index], y: value }));
  const bound = { pointRadius: 0, borderWidth: 0, backgroundColor: style.getPropertyValue("--band") };
  new Chart(canvas, {
    type: "line",
    data: {
      datasets: [
        { ...bound, label: "lower", data: points(found.lower), fill: false },
        { ...bound, label: "95 % interval", data: points(found.upper), fill: "-1" },
        {
          label: "units per second",
          data: points(found.rate),
          borderColor: style.getPropertyValue("--accent"),
          backgroundColor: style.getPropertyValue("--accent"),
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { type: "linear", min: 0, max: 100, title: { display: true, text: "busy, %", color: ink }, ticks: { color: ink }, grid: { color: line } },
        y: { beginAtZero: true, title: { display: true, text: "units per second", color: ink }, ticks: { color: ink }, grid: { color: line } },
      },
      plugins: { legend: { labels: { color: ink, filter: (item) => item.text !== "lower" } } },
    },
  });
}
