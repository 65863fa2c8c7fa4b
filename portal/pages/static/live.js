// Keeps a page as things are now, over the WebSocket /api/v1/live. Without it pages show what was.
//
// One element says what the page watches:
//   data-live                      the page wants live frames; jobs are always among them
//   data-live-form-token="TOKEN"   of the session, for the header X-Form-Token; where there is one
//   data-live-machines="ID ID"     machines whose readings are wanted beside those named below
//
// Elements that are kept as things are:
//   data-live-job="ID"             a job: what has data-live-field inside of it shows its fields
//                                  (state, kernel, phase, progress_ratio, units_per_second, said)
//   data-live-machine="ID"         a machine: the same of its readings (cpu_busy_ratio, load1, ...)
//   data-live-field="NAME"         a field; <progress> and <meter> get its value, all else its text
//   data-live-format="FORMAT"      percent, bytes, number or text (without it: text as it is)
//   data-live-status               says "live", "connecting" or "log in again"; the same word, with
//                                  "-" for " ", is the value of this attribute, for styles
//
// Events of the document, with what came in `detail`:
//   live:job        of each job of a frame; detail.known: whether an element of the page shows it
//   live:machine    of each machine of a frame
//   live:status     the status has changed
"use strict";

(() => {
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 60000;
  // The portal sends something every 10 seconds.
  const LONGEST_SILENCE = 30000;
  const MOST_JOBS = 200;
  const NOT_ALLOWED = new Set([401, 403]);

  const root = document.querySelector("[data-live]");
  if (!root) {
    return;
  }

  let socket = null;
  let failures = 0;
  let waiting = null;
  let silence = null;
  let shownStatus = "";

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  }

  function status(word) {
    if (word === shownStatus) {
      return;
    }
    shownStatus = word;
    for (const element of document.querySelectorAll("[data-live-status]")) {
      element.textContent = word;
      element.dataset.liveStatus = word.replaceAll(" ", "-");
    }
    tell("status", { status: word });
  }

  function wish() {
    const jobs = [...document.querySelectorAll("[data-live-job]")].map((one) => one.dataset.liveJob);
    return JSON.stringify({ machines: machines(), jobs: true, job_ids: jobs.slice(0, MOST_JOBS) });
  }

  function machines() {
    const named = (root.dataset.liveMachines ?? "").split(/\s+/);
    const shown = [...document.querySelectorAll("[data-live-machine]")];
    return [...new Set([...named, ...shown.map((one) => one.dataset.liveMachine)])].filter(Boolean).slice(0, 50);
  }

  const FORMATS = {
    percent: (value) => `${(100 * value).toFixed(0)} %`,
    number: (value) => Number(value.toPrecision(4)).toLocaleString(),
    bytes: (value) => {
      const units = ["B", "KiB", "MiB", "GiB", "TiB"];
      let power = 0;
      while (value >= 1024 && power < units.length - 1) {
        value /= 1024;
        power += 1;
      }
      return `${value.toFixed(power ? 1 : 0)} ${units[power]}`;
    },
  };

  function fill(element, fields) {
    for (const one of element.querySelectorAll("[data-live-field]")) {
      const value = fields[one.dataset.liveField];
      if ("value" in one && typeof value === "number") {
        one.value = value;
        continue;
      }
      const format = typeof value === "number" && FORMATS[one.dataset.liveFormat];
      // Never as HTML: names of kernels and machines are others' text.
      one.textContent = value === undefined || value === null ? "" : format ? format(value) : value;
    }
  }

  function shown(kind, id) {
    return document.querySelectorAll(`[data-live-${kind}="${CSS.escape(id)}"]`);
  }

  function receive(frame) {
    for (const job of frame.jobs) {
      const elements = shown("job", job.id);
      for (const element of elements) {
        fill(element, job);
        element.dataset.liveState = job.state;
      }
      tell("job", { ...job, known: elements.length > 0 });
    }
    for (const machine of frame.machines) {
      for (const element of shown("machine", machine.machine_id)) {
        fill(element, machine.readings ?? {});
      }
      tell("machine", machine);
    }
  }

  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), LONGEST_SILENCE);
  }

  function again() {
    clearTimeout(silence);
    socket = null;
    if (document.hidden || waiting !== null) {
      return;
    }
    status("connecting");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
    failures += 1;
    // Half of it by chance, so that not all come back at once.
    waiting = setTimeout(() => {
      waiting = null;
      connect();
    }, wait * (0.5 + Math.random() / 2));
  }

  async function ticket() {
    const headers = {};
    if (root.dataset.liveFormToken) {
      headers["X-Form-Token"] = root.dataset.liveFormToken;
    }
    const answer = await fetch("/api/v1/live-tickets", { method: "POST", headers });
    if (NOT_ALLOWED.has(answer.status)) {
      return null;
    }
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    return (await answer.json()).ticket;
  }

  async function connect() {
    let text;
    try {
      text = await ticket();
    } catch {
      again();
      return;
    }
    if (text === null) {
      status("log in again");
      return;
    }
    if (document.hidden || socket !== null) {
      return;
    }
    const place = new URL("/api/v1/live", location.href);
    place.protocol = place.protocol.replace("http", "ws");
    place.searchParams.set("ticket", text);
    socket = new WebSocket(place);
    socket.onopen = () => {
      socket.send(wish());
      listen();
    };
    socket.onmessage = (message) => {
      failures = 0;
      status("live");
      listen();
      receive(JSON.parse(message.data));
    };
    socket.onclose = again;
  }

  // A page that nobody looks at needs no connection.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(waiting);
    waiting = null;
    if (document.hidden) {
      socket?.close();
    } else if (socket === null) {
      failures = 0;
      connect();
    }
  });

  // After htmx has put something else in place.
  document.addEventListener("htmx:afterSettle", () => {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(wish());
    }
  });

  status("connecting");
  connect();
})();
