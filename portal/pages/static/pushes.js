// The buttons of the account's page that turn alerts on this device on and off, by push.js.
"use strict";

(() => {
  const section = document.getElementById("pushes");
  const said = document.getElementById("push-said");
  const on = document.getElementById("push-on");
  const off = document.getElementById("push-off");

  function ask(method, path, body) {
    const headers = { "X-Form-Token": section.dataset.formToken };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  async function show() {
    const state = await PerfAnalysisPush.state();
    on.hidden = state !== "off";
    off.hidden = state !== "on";
    if (state === "denied") {
      said.textContent = "This browser does not allow notifications of this page: its settings can.";
    }
  }

  function act(work) {
    return async () => {
      try {
        await work(ask);
        await show();
      } catch (error) {
        said.textContent = error.message;
      }
    };
  }

  async function begin() {
    if (!PerfAnalysisPush.supported()) {
      return;
    }
    section.hidden = false;
    on.addEventListener("click", act(PerfAnalysisPush.subscribe));
    off.addEventListener("click", act(PerfAnalysisPush.unsubscribe));
    await show();
  }

  begin().catch(() => {});
})();
