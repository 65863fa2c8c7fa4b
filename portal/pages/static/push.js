// Subscribe this browser to alerts, and unsubscribe it. The service worker shows what comes: its
// `push` event has JSON with title, body, tag, status ("firing" or "resolved") and severity.
//
//   ask(method, path, body) sends a request to the portal, as the page has it (its cookies and its
//   token against forgery), and gives a Promise of the Response; body is an object, or undefined.
"use strict";

const PerfAnalysisPush = (() => {
  const PATH = "/api/v1/push";

  function bytes(text) {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
  }

  async function answer(response) {
    const found = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) {
      throw new Error((found && found.detail) || `the portal answered ${response.status}`);
    }
    return found;
  }

  // Whether this browser can: on iOS only a page that was put on the home screen.
  function supported() {
    return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  }

  // "unsupported", "denied", "on" or "off".
  async function state() {
    if (!supported()) return "unsupported";
    if (Notification.permission === "denied") return "denied";
    const worker = await navigator.serviceWorker.ready;
    return (await worker.pushManager.getSubscription()) ? "on" : "off";
  }

  function sameKey(subscription, key) {
    const own = subscription.options && subscription.options.applicationServerKey;
    if (!own) return true;
    const view = new Uint8Array(own);
    return view.length === key.length && view.every((byte, at) => byte === key[at]);
  }

  // Call it from a click: browsers ask their people only then. Gives the subscription's id.
  async function subscribe(ask) {
    if (!supported()) throw new Error("this browser takes no pushes");
    if ((await Notification.requestPermission()) !== "granted") {
      throw new Error("this browser does not allow notifications of this page");
    }
    const worker = await navigator.serviceWorker.ready;
    const key = bytes((await answer(await ask("GET", `${PATH}/key`))).public_key);
    let subscription = await worker.pushManager.getSubscription();
    if (subscription && !sameKey(subscription, key)) {
      // Of another portal, or of a key that was replaced: nothing could be pushed to it.
      await subscription.unsubscribe();
      subscription = null;
    }
    if (!subscription) {
      const options = { userVisibleOnly: true, applicationServerKey: key };
      subscription = await worker.pushManager.subscribe(options);
    }
    const kept = await answer(await ask("POST", `${PATH}/subscriptions`, subscription.toJSON()));
    try {
      localStorage.setItem("perfanalysis-push", kept.id);
    } catch {
      // Without it, the portal forgets the subscription when its push service says that it is gone.
    }
    return kept.id;
  }

  async function unsubscribe(ask) {
    if (!supported()) return;
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.getSubscription();
    if (subscription) await subscription.unsubscribe();
    let id = null;
    try {
      id = localStorage.getItem("perfanalysis-push");
      localStorage.removeItem("perfanalysis-push");
    } catch {
      return;
    }
    if (!id) return;
    const response = await ask("DELETE", `${PATH}/subscriptions/${encodeURIComponent(id)}`);
    if (response.status !== 404) await answer(response);
  }

  // Have a message pushed to this browser, to see that it comes.
  async function tryIt(ask, id) {
    await answer(await ask("POST", `${PATH}/subscriptions/${encodeURIComponent(id)}/try`));
  }

  return { supported, state, subscribe, unsubscribe, tryIt };
})();
