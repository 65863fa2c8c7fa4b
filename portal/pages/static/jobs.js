// Offers to load the page again when a job comes that it does not show, or one of its jobs has ended.
"use strict";

document.addEventListener("live:job", (event) => {
  const ended = ["done", "failed", "cancelled", "expired"].includes(event.detail.state);
  if (!event.detail.known || ended) {
    document.getElementById("new-jobs").hidden = false;
  }
});
