"use strict";

// Anything that goes wrong is shown, and found by the test.
const root = document.documentElement;
const problem = (text) => {
  root.dataset.error = text;
  const place = document.getElementById("problem");
  place.textContent = `This page is not complete: ${text}`;
  place.hidden = false;
};
addEventListener("error", (event) => problem(event.message));
addEventListener("securitypolicyviolation", (event) => problem(event.violatedDirective));

const run = JSON.parse(document.getElementById("recording").textContent);
const byId = (id) => document.getElementById(id);
const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);
const total = (field) => sum(run.functions, (it) => it[field]);
const outcomes = (name) => sum(run.functions, (it) => it.outcomes[name] ?? 0);

/** An element. Strings become text nodes: no text is ever read as HTML. */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Microseconds, with three digits at most. */
function time(micros) {
  if (micros < 50) return "0 ms";
  if (micros < 9_950) return `${(micros / 1e3).toFixed(1)} ms`;
  if (micros < 999_500) return `${(micros / 1e3).toFixed(0)} ms`;
  if (micros < 9_995_000) return `${(micros / 1e6).toFixed(2)} s`;
  return `${(micros / 1e6).toFixed(1)} s`;
}

const percent = (part, whole) => (whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : "–");
const grouped = (number) => number.toLocaleString("en-US");
const plural = (number, word) => `${grouped(number)} ${word}${number === 1 ? "" : "s"}`;
const words = (name) => name.replaceAll("_", " ");

/** A table. A cell is a text, a number, or an element; `kinds` are the classes of its columns. */
function table(heads, kinds, rows, caption) {
  const cell = (tag, value, at) => {
    const made = element(tag, { className: kinds[at] ?? "" });
    made.append(value instanceof Node ? value : typeof value === "number" ? grouped(value) : value);
    if (kinds[at] === "number" && (value === 0 || value === "–")) made.classList.add("zero");
    return made;
  };
  const head = element("tr", {}, ...heads.map((text, at) => cell("th", text, at)));
  for (const th of head.children) th.scope = "col";
  const body = rows.map((row) => element("tr", {}, ...row.map((value, at) => cell("td", value, at))));
  const made = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  // The region scrolls, so the keyboard has to reach it.
  const region = element("div", { className: "scroll", tabIndex: 0 }, made);
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", caption);
  return region;
}

const none = (text) => element("p", { className: "note" }, text);

/** A column of a table that shows a share as a bar. */
function share(part, whole) {
  const bar = element("span");
  bar.style.width = whole > 0 ? `${(100 * part) / whole}%` : "0";
  return bar;
}

/** Steps of 1, 2 or 5, of which about `number` fit. */
function ticks(span, number) {
  const rough = Math.max(span, 1) / number;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((it) => it * power >= rough) * power;
  const places = [];
  for (let at = 0; at <= span; at += step) places.push(at);
  return { step, places };
}

const tickTime = (micros, step) => {
  if (micros === 0) return "0";
  return step < 1e5 ? `${+(micros / 1e3).toFixed(3)} ms` : `${+(micros / 1e6).toFixed(3)} s`;
};

/** The labels of a scale of `span` from `start` on. */
function scale(start, span, number) {
  const { step, places } = ticks(span, number);
  return places.map((at) => {
    const label = element("span", {}, tickTime(start + at, step));
    label.style.left = `${(100 * at) / span}%`;
    if (at > span * 0.94) label.className = "last";
    return label;
  });
}

/* Details of the element under the pointer, or with the focus */

const tip = byId("tip");

function showTip(text, near) {
  tip.textContent = text;
  tip.hidden = false;
  const box = near.getBoundingClientRect();
  const left = Math.min(box.left, innerWidth - tip.offsetWidth - 8);
  const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${below ? box.bottom + 6 : Math.max(4, box.top - tip.offsetHeight - 6)}px`;
}

const hideTip = () => { tip.hidden = true; };

addEventListener("pointerover", ({ target }) => {
  const known = target instanceof Element ? target.closest("i, .columns > span") : null;
  if (known?.details) showTip(known.details, known);
  else hideTip();
});
addEventListener("keydown", ({ key }) => { if (key === "Escape") hideTip(); });

/* Counts */

function tiles() {
  const calls = total("calls");
  const retried = outcomes("ok_after_retry");
  const entries = [
    ["calls", calls, ""],
    ["succeeded", outcomes("ok") + retried, percent(outcomes("ok") + retried, calls)],
    ["after a retry", retried, percent(retried, calls)],
    ["fallback", outcomes("fallback"), percent(outcomes("fallback"), calls)],
    ["failed", outcomes("failed"), percent(outcomes("failed"), calls)],
    ["rejected", outcomes("rejected"), percent(outcomes("rejected"), calls)],
    ["dropped", outcomes("cancelled"), percent(outcomes("cancelled"), calls)],
    ["attempts", total("attempts"), calls > 0 ? `${(total("attempts") / calls).toFixed(2)} each` : ""],
  ];
  byId("tiles").append(...entries.map(([name, number, more]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, `${grouped(number)} `, element("small", {}, more)))));
}

function leftOut() {
  const { calls, unfinished, steps } = run.left_out;
  const parts = [
    calls && `${plural(calls, "call")} beyond its limit, which all counts include`,
    unfinished && `${plural(unfinished, "call")} that had not ended`,
    steps && `${plural(steps, "attempt or wait")} of calls that have very many`,
  ].filter(Boolean);
  byId("left-out").textContent = `Not in the list of calls: ${parts.join("; ")}.`;
  byId("left-out").hidden = parts.length === 0;
}

/** Says of a list that its beginning is left out. */
const since = (shown, dropped, word) =>
  dropped > 0 ? none(`The last ${grouped(shown)} of ${plural(shown + dropped, word)}.`) : "";

function course() {
  const place = byId("course");
  const { width, moments } = run.course;
  const [calls, errors] = [sum(moments, (it) => it.calls), sum(moments, (it) => it.errors)];
  const [attempts, failures] = [sum(moments, (it) => it.attempts), sum(moments, (it) => it.failures)];
  if (calls + attempts === 0) return place.append(none("No call has ended."));
  const most = Math.max(...moments.map((it) => it.calls), 1);
  const part = (className, share) => {
    const made = element("i", { className });
    if (share !== null) made.style.height = `${100 * share}%`;
    return made;
  };
  const details = (it, at) => [
    `${time(at * width)} to ${time((at + 1) * width)}`,
    `${it.errors} of ${plural(it.calls, "call")} failed (${percent(it.errors, it.calls)})`,
    `${it.failures} of ${plural(it.attempts, "attempt")} failed (${percent(it.failures, it.attempts)})`,
  ].join("\n");
  const rates = moments.map((it, at) => {
    const line = part("attempts", null);
    line.style.bottom = `${it.attempts > 0 ? (100 * it.failures) / it.attempts : 0}%`;
    const made = element("span", {},
      it.calls > 0 ? part("good", null) : null,
      it.calls > 0 ? part("bad", it.errors / it.calls) : null,
      it.attempts > 0 ? line : null);
    made.details = details(it, at);
    return made;
  });
  const volumes = moments.map((it, at) => {
    const made = element("span", {}, part("volume-of", it.calls / most));
    made.details = details(it, at);
    return made;
  });
  const summary = `${percent(errors, calls)} of all calls and ${percent(failures, attempts)} of all attempts failed.`;
  const columns = (className, children, label) => {
    const made = element("div", { className: `columns ${className}` }, ...children);
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", label);
    return made;
  };
  const texts = (...all) => element("div", { className: "scale" }, ...all.map((text) => element("span", {}, text)));
  const rows = moments.map((it, at) => [
    time(at * width), it.calls, it.errors, percent(it.errors, it.calls), it.attempts, it.failures,
    percent(it.failures, it.attempts),
  ]);
  const heads = ["from", "calls", "failed", "share", "attempts", "failed", "share"];
  const key = (className, text) => {
    const sample = element("i", { className });
    const box = element("span", { className: "columns key" }, element("span", {}, sample));
    return element("li", {}, box, text);
  };
  const legend = element("ul", { className: "keys" },
    key("bad", "calls that failed"), key("good", "calls that succeeded"),
    key("attempts", "attempts that failed"), key("volume-of", "number of calls"));
  place.append(
    element("div", { className: "chart" },
      texts("100 %", "50 %", "0"), columns("rate", rates, summary),
      texts(String(most), "0"), columns("volume", volumes, "Calls that have ended"),
      element("span"), element("div", { className: "ticks" }, ...scale(0, width * moments.length, 5))),
    legend,
    element("p", { className: "note" }, `In parts of ${time(width)}. ${summary} A call that is rejected or answered by its fallback has failed.`),
    element("details", {}, element("summary", {}, "As a table"),
      table(heads, Array(7).fill("number"), rows, "Error rate over time")));
}

const REASONS = {
  backoff: "backoff before a retry",
  server: "asked for by the server",
  budget: "retry budget",
  breaker: "circuit breaker",
  gate: "gate (pause of all callers)",
  concurrency: "concurrency limit",
  requests: "rate limit of requests",
  tokens: "rate limit of tokens",
};

function waits() {
  if (run.waits.length === 0) return byId("waits").append(none("No call has waited."));
  const all = sum(run.waits, (it) => it.time);
  const rows = run.waits.map((it) => [
    REASONS[it.reason] ?? it.reason, it.count, time(it.time), time(it.longest), share(it.time, all),
  ]);
  rows.push(["all", sum(run.waits, (it) => it.count), time(all), "", ""]);
  byId("waits").append(table(["for", "waits", "total", "longest", "share"],
    ["", "number", "number", "number", "share"], rows, "Waits by their reason"),
    none("A wait for the budget, the breaker, the gate or a limit counts when its attempt is sent."));
}

function classes() {
  if (run.classes.length === 0) return byId("classes").append(none("Nothing has failed."));
  const most = Math.max(...run.classes.map((it) => it.attempts));
  const rows = run.classes.map((it) => [words(it.class), it.attempts, share(it.attempts, most), it.calls, it.advice]);
  byId("classes").append(table(["class", "failed attempts", "", "calls that ended with it", "advice"],
    ["name", "number", "share", "number", "text"], rows, "Failures by class"));
}

function functions() {
  const names = ["ok", "ok_after_retry", "fallback", "failed", "rejected", "cancelled"];
  const heads = ["function", "calls", "ok", "ok after retry", "fallback", "failed", "rejected", "dropped",
    "attempts", "retries", "hedges", "p50", "p90", "p99", "longest"];
  const rows = run.functions.map((it) => [
    it.function, it.calls, ...names.map((name) => it.outcomes[name] ?? 0), it.attempts, it.retries, it.hedges,
    ...(it.latency?.map(time) ?? Array(4).fill("–")),
  ]);
  byId("functions").append(rows.length > 0
    ? table(heads, ["name", ...Array(14).fill("number")], rows, "Counts of each function")
    : none("No function was called."));
}

function changes() {
  const rows = run.changes.map((it) => [time(it.at), it.name, it.upstream ?? "", it.text]);
  byId("changes").append(since(rows.length, run.left_out.changes, "change"), rows.length > 0
    ? table(["at", "change", "upstream", ""], ["time", "name", "name", "text"], rows, "Changes of upstreams")
    : none("No breaker, gate or rate limit has changed."));
}

function events() {
  const rows = run.events.map((it) => [time(it.at), it.name, it.function ?? "", it.upstream ?? "", it.text]);
  byId("events").append(since(rows.length, run.left_out.events, "event"), rows.length > 0
    ? table(["at", "event", "function", "upstream", ""], ["time", "name", "name", "name", "text"], rows.reverse(),
      "Last events, the newest first")
    : none("There was no event."));
}

tiles();
leftOut();
course();
waits();
classes();
functions();
changes();
events();
