// Shows the last state of a page when the portal cannot be reached; it says so, with the time.
// Keys, the audit log and the account are never kept; who logs in or out has all of it forgotten.
"use strict";

const PAGES = "pages-1";
const FILES = "files-1";
const KEPT = /^\/(?:prices|machines\/[^/]+\/cost|workload(?:\/(?:predictions|plans)\/[^/]+)?|(?:machines|tests)(?:\/[^/]+)?)?$/;
const MOST = 50;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (/^\/log(?:in|out)(?:\/|$)/.test(url.pathname)) {
    event.respondWith(forget().then(() => fetch(request)));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/") && url.search) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate" && request.method === "GET" && KEPT.test(url.pathname)) {
    event.respondWith(page(request));
  }
});

// How often pages were forgotten: one that was asked for before is not kept afterwards.
let forgotten = 0;

async function forget() {
  forgotten += 1;
  await caches.delete(PAGES);
}

async function page(request) {
  const before = forgotten;
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(PAGES)).match(request.url);
    if (kept) return asOffline(kept);
    throw error;
  }
  if (answer.status === 200 && before === forgotten) {
    const cache = await caches.open(PAGES);
    await cache.put(request.url, answer.clone());
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, -MOST).map((key) => cache.delete(key)));
  } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    // The way to the log-in, or a page that this visitor may not see any more.
    await forget();
  }
  return answer;
}

async function asOffline(kept) {
  const text = (await kept.text()).replace('id="offline" hidden', 'id="offline"');
  return new Response(text, { status: 200, headers: kept.headers });
}

async function file(request) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) await cache.put(request, answer.clone());
  return answer;
}

// An alert: {title, body, tag, status, severity}, see portal/pushing.
self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const options = {
    body: said.body ?? "",
    tag: said.tag,
    icon: "/static/icon-192.png",
    // One that ends says so without a sound.
    silent: said.status === "resolved",
    requireInteraction: said.status !== "resolved" && said.severity === "critical",
  };
  event.waitUntil(self.registration.showNotification(said.title ?? "PerfAnalysis", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/"));
});
