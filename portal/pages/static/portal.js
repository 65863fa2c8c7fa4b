// What the pages do by themselves, beside htmx. Without it all of them work, but for charts.
"use strict";

// Ask before what cannot be undone.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
  }
});

// Moments are UTC; on hovering the local time.
for (const moment of document.querySelectorAll("time[datetime]")) {
  moment.title = new Date(moment.dateTime).toLocaleString();
}

// The last state of a page when the portal cannot be reached; browsers allow it by https and on this machine.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/service-worker.js").catch((error) => console.warn(error));
}
