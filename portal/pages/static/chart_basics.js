// What all charts share: colours from the page's own, so that they are right in the dark, and rates.
"use strict";

window.chartColours = (() => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  // Eight that the colour-blind tell apart (Okabe and Ito, "Color Universal Design", 2008).
  const sides = dark
    ? ["#7db8f5", "#e69f00", "#2fc79b", "#f0e442", "#d98cb8", "#ff8a5c", "#56b4e9", "#cfd5df"]
    : ["#0b57a4", "#b86e00", "#00785a", "#8a7d00", "#a4507f", "#b84300", "#2f86ba", "#3a4250"];
  return { ink: of("--ink"), faint: of("--faint"), line: of("--line"), accent: of("--accent"), bad: of("--bad"), band: of("--band"), sides };
})();

// As the tables have them: four digits, and a prefix for thousands.
window.chartRate = (value) => {
  for (const [factor, prefix] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(value) >= factor) {
      return `${Number((value / factor).toPrecision(4))} ${prefix}`;
    }
  }
  return String(Number(value.toPrecision(4)));
};

if (window.Chart) {
  Chart.defaults.color = chartColours.ink;
  Chart.defaults.borderColor = chartColours.line;
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
}
