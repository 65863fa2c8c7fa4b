// The charts of the comparison page, from the data that stands in it.
"use strict";

(() => {
  const store = document.getElementById("comparison-data");
  const choice = document.getElementById("measure");
  const kernelChoice = document.getElementById("kernel-shown");
  if (!store || !window.Chart) {
    return;
  }
  const { names, units, kernels, kinds } = JSON.parse(store.textContent);
  const short = window.chartRate;
  const percent = new Intl.NumberFormat("en", { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const colours = window.chartColours;
  const charts = [];
  const narrow = window.matchMedia("(max-width: 44rem)").matches;
  const cut = (name) => (narrow && name.length > 14 ? `${name.slice(0, 13)}…` : name);

  const put = (id, settings) => {
    const canvas = document.getElementById(id);
    if (canvas) {
      charts.push(new Chart(canvas, settings));
    }
  };

  const bars = (kernel, measure) => {
    const values = kernel.sides.map((side) => side.measures[measure].value);
    put("bars", {
      type: "bar",
      data: { labels: names.map(cut), datasets: [{ data: values, backgroundColor: names.map((_, i) => colours.sides[i]) }] },
      options: {
        scales: { y: { beginAtZero: true, title: { display: true, text: units[measure] }, ticks: { callback: (v) => short(v) } } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => `${short(item.raw)} ${units[measure]}` } } },
      },
    });
  };

  const levels = (kernel, measure) => {
    const read = (level) => (measure === "performance" ? level.units_per_second : level.per_dollar);
    const datasets = kernel.sides.map((side, i) => ({
      label: names[i],
      data: side.levels.filter((level) => read(level) !== null).map((level) => ({ x: level.busy, y: read(level) })),
      borderColor: colours.sides[i],
      backgroundColor: colours.sides[i],
      borderWidth: 2,
      pointRadius: 2.5,
      // Else of the point at 100 % half is seen.
      clip: false,
    }));
    put("levels", {
      type: "line",
      data: { datasets },
      options: {
        scales: {
          x: { type: "linear", min: 0, max: 100, title: { display: true, text: "busy, %" } },
          y: { beginAtZero: true, title: { display: true, text: units[measure] }, ticks: { callback: (v) => short(v) } },
        },
        plugins: { legend: { labels: { boxWidth: 14 } }, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${short(item.parsed.y)}` } } },
      },
    });
  };

  const differences = (measure) => {
    const found = kernels.flatMap((kernel) =>
      kernel.sides.slice(1).map((side, i) => ({ name: `${names[i + 1]}${kernels.length > 1 ? `, ${kernel.kernel}` : ""}`, colour: colours.sides[i + 1], ...side.measures[measure] })),
    ).filter((one) => one.difference_percent !== null);
    const interval = (one) => (one.difference_lower_percent === null ? [one.difference_percent, one.difference_percent] : [one.difference_lower_percent, one.difference_upper_percent]);
    const told = (one) => (one.withheld === null ? one.verdict : `cannot tell: ${one.withheld}`);
    const canvas = document.getElementById("differences");
    canvas.parentElement.style.height = `${Math.max(10, 5 + 2.2 * found.length)}rem`;
    put("differences", {
      data: {
        labels: found.map((one) => cut(one.name)),
        datasets: [
          { type: "line", showLine: false, data: found.map((one) => one.difference_percent), pointRadius: 5, pointBorderColor: found.map((one) => one.colour), pointBackgroundColor: found.map((one) => (one.withheld === null ? one.colour : "transparent")) },
          { type: "bar", data: found.map(interval), backgroundColor: found.map((one) => `${one.colour}66`), barThickness: 8 },
        ],
      },
      options: {
        indexAxis: "y",
        scales: { x: { title: { display: true, text: "difference, %" }, ticks: { callback: (v) => percent.format(v) }, grid: { color: (part) => (part.tick && part.tick.value === 0 ? colours.ink : colours.line) } } },
        plugins: {
          legend: { display: false },
          tooltip: { filter: (item) => item.datasetIndex === 0, callbacks: { title: (items) => (items.length ? found[items[0].dataIndex].name : ""), label: (item) => {
            const one = found[item.dataIndex];
            const [low, high] = interval(one);
            return `${percent.format(one.difference_percent)} % (${percent.format(low)} to ${percent.format(high)}), ${told(one)}`;
          } } },
        },
      },
    });
  };

  const radar = (id, labels, ratio) => {
    const datasets = names.map((name, i) => ({
      label: name,
      data: labels.map((_, axis) => (i === 0 ? 100 : ratio(axis, i) === null ? null : 100 * ratio(axis, i))),
      borderColor: colours.sides[i],
      backgroundColor: `${colours.sides[i]}22`,
      borderWidth: 2,
      pointRadius: 2.5,
    }));
    put(id, {
      type: "radar",
      data: { labels, datasets },
      options: { scales: { r: { beginAtZero: true, angleLines: { color: colours.line }, grid: { color: colours.line }, ticks: { backdropColor: "transparent", color: colours.faint } } }, plugins: { legend: { labels: { boxWidth: 14 } } } },
    });
  };

  const drawAll = () => {
    const measure = choice.querySelector("input:checked").value;
    const kernel = kernels[kernelChoice ? Number(kernelChoice.value) : 0];
    charts.splice(0).forEach((chart) => chart.destroy());
    bars(kernel, measure);
    levels(kernel, measure);
    differences(measure);
    radar("radar", kernels.map((each) => each.kernel), (axis, i) => kernels[axis].sides[i].measures[measure].ratio);
    radar("kinds-radar", kinds.map((each) => each.kind), (axis, i) => kinds[axis].ratios[i - 1]);
    const unknown = kernels.every((each) => each.sides.every((side) => side.measures[measure].value === null));
    document.getElementById("no-price").hidden = !unknown;
    for (const table of document.querySelectorAll("[data-measure]")) {
      table.hidden = table.dataset.measure !== measure;
    }
    for (const link of document.querySelectorAll("a[href^='/comparison.pdf']")) {
      const address = new URL(link.href);
      address.searchParams.set("measure", measure);
      link.href = address.pathname + address.search;
    }
  };

  choice.hidden = false;
  choice.addEventListener("change", drawAll);
  if (kernelChoice) {
    kernelChoice.addEventListener("change", drawAll);
  }
  drawAll();
})();
