// Predictions and plans: used shares as bars with the bounds of CPU, and CPU over time.
"use strict";

// 100 % is all that there is.
const whole = {
  id: "whole",
  afterDatasetsDraw(chart) {
    const sideways = chart.options.indexAxis === "y";
    const scale = sideways ? chart.scales.x : chart.scales.y;
    const { left, right, top, bottom } = chart.chartArea;
    if (scale.max < 100) return;
    const at = scale.getPixelForValue(100);
    const pen = chart.ctx;
    pen.save();
    pen.strokeStyle = chartColours.bad;
    pen.setLineDash([6, 4]);
    pen.beginPath();
    pen.moveTo(sideways ? at : left, sideways ? top : at);
    pen.lineTo(sideways ? at : right, sideways ? bottom : at);
    pen.stroke();
    pen.restore();
  },
};

// The bounds of the first bars, as lines across their ends.
const whiskers = {
  id: "whiskers",
  afterDatasetsDraw(chart, _, { bounds }) {
    if (!chart.isDatasetVisible(0)) return;
    const pen = chart.ctx;
    pen.save();
    pen.strokeStyle = chartColours.ink;
    chart.getDatasetMeta(0).data.forEach((bar, index) => {
      const found = bounds[index];
      if (!found || found[0] === null || found[1] === null || found[0] === found[1]) return;
      const [from, to] = found.map((value) => chart.scales.x.getPixelForValue(value));
      pen.beginPath();
      pen.moveTo(from, bar.y);
      pen.lineTo(to, bar.y);
      for (const end of [from, to]) {
        pen.moveTo(end, bar.y - 4);
        pen.lineTo(end, bar.y + 4);
      }
      pen.stroke();
    });
    pen.restore();
  },
};

for (const canvas of document.querySelectorAll("canvas[data-bars]")) {
  const found = JSON.parse(canvas.dataset.bars);
  const highest = Math.max(100, ...Object.values(found.bars).flat(), ...found.bounds.flat().filter((one) => one !== null));
  // Each bar has room, however many there are.
  canvas.parentElement.style.height = `${Math.max(220, 90 + found.labels.length * (14 + 12 * Object.keys(found.bars).length))}px`;
  new Chart(canvas, {
    type: "bar",
    data: {
      labels: found.labels,
      datasets: Object.entries(found.bars).map(([label, data], index) => ({ label, data, backgroundColor: chartColours.sides[index % chartColours.sides.length] })),
    },
    options: {
      indexAxis: "y",
      scales: {
        x: { min: 0, max: Math.ceil(highest / 20) * 20, title: { display: true, text: canvas.dataset.title } },
        y: { ticks: { autoSkip: false, callback(value) { const name = this.getLabelForValue(value); return name.length > 18 ? `${name.slice(0, 17)}\u2026` : name; } } },
      },
      plugins: { whiskers: { bounds: found.bounds } },
    },
    plugins: [whole, whiskers],
  });
}

const moment = (value) => new Date(value).toISOString().slice(5, 16).replace("T", " ");

for (const canvas of document.querySelectorAll("canvas[data-lines]")) {
  const found = JSON.parse(canvas.dataset.lines);
  const points = (values) => values.map((y, index) => ({ x: found.times[index], y }));
  const datasets = found.lines.flatMap((line, index) => {
    const colour = chartColours.sides[index % chartColours.sides.length];
    const bound = { pointRadius: 0, borderWidth: 0, backgroundColor: `${colour}33`, bound: true };
    return [
      { ...bound, label: `${line.name}, lower`, data: points(line.lower), fill: false },
      { ...bound, label: `${line.name}, upper`, data: points(line.upper), fill: "-1" },
      { label: line.name, data: points(line.value), borderColor: colour, backgroundColor: colour, pointRadius: 0, borderWidth: 1.5 },
    ];
  });
  const said = found.step > 1 ? `UTC; the highest of each ${found.step} intervals` : "UTC";
  new Chart(canvas, {
    type: "line",
    data: { datasets },
    options: {
      scales: {
        x: { type: "linear", min: found.times[0], max: found.times.at(-1), ticks: { callback: moment, maxTicksLimit: 6, maxRotation: 0 }, title: { display: true, text: said } },
        y: { beginAtZero: true, title: { display: true, text: "CPU, %" } },
      },
      plugins: {
        legend: { labels: { filter: (item, data) => !data.datasets[item.datasetIndex].bound } },
        tooltip: { mode: "index", intersect: false, callbacks: { title: ([first]) => (first ? moment(first.parsed.x) : "") } },
      },
    },
    plugins: [whole],
  });
}
