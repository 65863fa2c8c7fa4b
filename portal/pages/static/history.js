// The trends of the history page, from the data that stands in it.
"use strict";

(() => {
  const store = document.getElementById("history-data");
  const choice = document.getElementById("measure");
  if (!store || !window.Chart) {
    return;
  }
  const series = JSON.parse(store.textContent);
  const short = window.chartRate;
  // A day is enough, but where all is within two of them.
  const moment = (span) => (at) => {
    const text = new Date(at).toISOString();
    return span > 2 * 86400000 ? text.slice(0, 10) : text.slice(5, 16).replace("T", " ");
  };
  const margin = 1800000;
  const colours = window.chartColours;
  const charts = [];

  const datasets = (one, measure) => {
    const known = one.points.filter((point) => point[measure][0] !== null);
    const at = (index) => known.map((point) => ({ x: point.at, y: point.valid === false ? null : point[measure][index] }));
    const band = { pointRadius: 0, borderWidth: 0, spanGaps: true };
    const colour = (point) => (point.valid === false ? colours.faint : ["suspected", "confirmed"].includes(point.regression) ? colours.bad : colours.accent);
    const found = [
      { ...band, label: "lower", data: at(1), fill: false },
      { ...band, label: "upper", data: at(2), fill: "-1", backgroundColor: colours.band },
      {
        label: "rate",
        data: known.map((point) => ({ x: point.at, y: point[measure][0], point })),
        borderColor: colours.accent,
        borderWidth: 1.5,
        // A spoiled run is shown, and no line leads there.
        segment: { borderColor: (part) => (known[part.p0DataIndex].valid === false || known[part.p1DataIndex].valid === false ? "transparent" : undefined) },
        pointStyle: known.map((point) => (point.valid === false ? "crossRot" : point.regression ? "triangle" : "circle")),
        pointRadius: known.map((point) => (point.regression || point.valid === false ? 6 : 3)),
        pointBackgroundColor: known.map(colour),
        pointBorderColor: known.map(colour),
      },
    ];
    if (measure === "performance" && one.floor !== null && known.length) {
      const ends = [known[0].at, known[known.length - 1].at];
      found.push({ label: "threshold", data: ends.map((x) => ({ x, y: one.floor })), borderColor: colours.bad, borderDash: [6, 4], borderWidth: 1.5, pointRadius: 0 });
    }
    return found;
  };

  const said = (item, measure) => {
    const point = item.raw.point;
    const [value, lower, upper] = point[measure];
    const interval = lower === null ? "no interval" : `${short(lower)} to ${short(upper)}`;
    const state = point.valid === false ? ", spoiled" : point.regression ? `, ${point.regression}` : "";
    return `${point.machine}: ${short(value)} (${interval})${state}`;
  };

  // Chart.js gives a single point a range of years by itself.
  const times = (points) => {
    if (!points.length) {
      return { type: "linear" };
    }
    const [first, last] = [points[0].at, points[points.length - 1].at];
    const span = last - first;
    const space = Math.max(span * 0.03, margin);
    return { type: "linear", min: first - space, max: last + space, ticks: { callback: moment(span), maxTicksLimit: span > 2 * 86400000 ? 6 : 3, maxRotation: 0 } };
  };

  const draw = (canvas, one, measure) =>
    new Chart(canvas, {
      type: "line",
      data: { datasets: datasets(one, measure) },
      options: {
        scales: {
          x: times(one.points),
          y: { ticks: { callback: (value) => short(value) }, title: { display: true, text: measure === "performance" ? "units/s" : "units/s per $/hr" } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            filter: (item) => item.dataset.label === "rate",
            callbacks: { title: (items) => items.map((item) => new Date(item.raw.x).toISOString().slice(0, 16).replace("T", " ") + " UTC")[0], label: (item) => said(item, measure) },
          },
        },
        onClick: (event, items) => {
          const rate = items.find((item) => item.element.$context.raw.point);
          if (rate) {
            window.location.assign(`/tests/${encodeURIComponent(rate.element.$context.raw.point.test)}`);
          }
        },
      },
    });

  const drawAll = (measure) => {
    charts.splice(0).forEach((chart) => chart.destroy());
    for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
      const one = series[Number(canvas.dataset.chart)];
      const none = one.points.every((point) => point[measure][0] === null);
      canvas.parentElement.classList.toggle("nothing", none);
      charts.push(draw(canvas, one, measure));
    }
  };

  choice.hidden = false;
  choice.addEventListener("change", (event) => drawAll(event.target.value));
  // A browser that goes back keeps what was chosen.
  drawAll(choice.querySelector("input:checked").value);
})();
