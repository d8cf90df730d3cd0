/* The timeline */

const LEGEND = [
  ["ok", "attempt: succeeded"],
  ["server", "failed: error of the server"],
  ["overload", "failed: overload or timeout"],
  ["connection", "failed: connection"],
  ["request", "failed: anything else"],
  ["dropped", "dropped"],
  ["backoff", "backoff"],
  ["asked", "wait asked for by the server"],
  ["budget", "deferred by the retry budget"],
  ["limit", "wait for breaker, gate or limit"],
  ["hedge", "hedge"],
  ["refused", "not sent: refused by breaker or limit"],
  ["mark", "other"],
  ["open", "breaker open"],
  ["half-open", "half-open"],
  ["gate", "gate closed"],
];

const WAITS = { backoff: "backoff", server: "asked", budget: "budget" };

/** The look of a step, and what it says. Times are relative to the start of its call. */
function describe(step, call) {
  const since = (at) => time(Math.max(0, at - call.start));
  if (step.step === "wait") {
    const by = step.by ? ` (${words(step.by)})` : "";
    return {
      look: WAITS[step.reason] ?? "limit",
      from: step.from,
      to: step.to,
      what: `wait: ${REASONS[step.reason] ?? step.reason}${by}`,
      label: words(step.reason),
      span: `${since(step.from)} to ${since(step.to)}`,
    };
  }
  if (step.step === "mark") {
    const what = step.text ? `${step.name}: ${step.text}` : step.name;
    const look = { hedging: "hedge", refused: "refused" }[step.name] ?? "mark";
    return { look, from: step.at, to: step.at, what, label: "", span: since(step.at) };
  }
  const { failure } = step;
  const about = failure && [
    words(failure.class), failure.status && `(${failure.status})`, failure.code && `[${failure.code}]`,
  ].filter(Boolean).join(" ");
  const end = failure ? `failed: ${about}` : step.is_dropped ? "dropped" : "succeeded";
  return {
    look: failure ? failure.about : step.is_dropped ? "dropped" : "ok",
    from: step.from,
    to: step.to,
    what: `attempt ${step.number} ${end}`,
    message: failure?.message ?? "",
    label: failure ? `${step.number}: ${failure.status ?? words(failure.class)}` : `${step.number}: ${end}`,
    span: `${since(step.from)} to ${since(step.to)}`,
  };
}

/** A bar. The style places it on the scale that `setScale` sets for it or around it. */
function bar({ look, from, to }, details) {
  const made = element("i", { className: look, details });
  made.style.setProperty("--from", from);
  made.style.setProperty("--to", to);
  return made;
}

/** A scale for the bars inside. */
function setScale(place, start, span, number) {
  place.style.setProperty("--start", start);
  place.style.setProperty("--span", span);
  place.style.setProperty("--tick", `${(100 * ticks(span, number).step) / span}%`);
}

const length = ({ from, to }) => (to > from ? `, ${time(to - from)}` : "");
const inFull = (it) => [`${it.what}${length(it)}`, it.span, it.message].filter(Boolean).join("\n");

const OUTCOMES = {
  ok: "ok", ok_after_retry: "ok after retry", fallback: "fallback", failed: "failed", rejected: "rejected",
  cancelled: "dropped",
};

const isError = (call) => ["fallback", "failed", "rejected"].includes(call.outcome);
const isEventful = (call) => call.outcome !== "ok" || call.steps.length > 1;

/** All steps of a call, on a scale of its own. */
function steps(call) {
  const span = Math.max(call.end - call.start, 1);
  const all = call.steps.map((step) => describe(step, call));
  const track = element("span", { className: "track" }, ...all.map((it) => {
    const made = bar(it, inFull(it));
    if (it.label && (it.to - it.from) / span > 0.12) made.append(element("b", {}, it.label));
    return made;
  }));
  setScale(track, call.start, span, 5);
  const rows = all.map((it) => [it.span, it.what, it.to > it.from ? time(it.to - it.from) : "", it.message ?? ""]);
  const about = [
    OUTCOMES[call.outcome], call.class && words(call.class), call.reason && `no further attempt: ${call.reason}`,
    call.upstream && `upstream ${call.upstream}`, `began at ${time(call.start)}`,
    `${time(call.idle)} without an attempt in flight`,
    call.left_out > 0 && `${plural(call.left_out, "step")} left out`,
  ].filter(Boolean);
  return element("div", { className: "steps" },
    track,
    element("div", { className: "ticks" }, ...scale(0, span, innerWidth < 640 ? 3 : 5)),
    element("p", { className: "note" }, `${about.join("; ")}.`),
    table(["time", "step", "took", ""], ["time", "", "number", "text"], rows, "Steps of the call"));
}

/** The row of a call. */
function row(call, number) {
  const track = element("span", { className: "track" }, ...call.steps.map((step) => {
    const it = describe(step, call);
    return bar(it, inFull(it));
  }));
  track.setAttribute("aria-hidden", "true");
  const failed = isError(call) && call.class ? `: ${words(call.class)}` : "";
  const end = element("span", {}, `${OUTCOMES[call.outcome] ?? call.outcome}${failed}`);
  if (isError(call)) end.className = "is-error";
  const button = element("button", { type: "button", className: "line", tabIndex: -1 },
    element("span", { className: "who" }, element("small", {}, `${number} `), call.function),
    track,
    element("span", { className: "end" },
      element("span", { className: "took" }, `${time(call.end - call.start)} `),
      end, element("small", {}, call.attempts > 1 ? `, ${call.attempts} attempts` : "")));
  button.setAttribute("aria-expanded", "false");
  return { call, place: element("li", {}, button), button, track, chosen: -1 };
}

function timeline() {
  const rows = run.calls.map((call, at) => row(call, at + 1));
  const rowOf = new Map(rows.map((it) => [it.place, it]));
  const [list, view, controls] = [byId("calls"), byId("timeline"), byId("controls")];
  list.append(...rows.map((it) => it.place));
  if (rows.length === 0) list.after(none("No call has ended."));
  byId("upstreams").append(...lanes());

  const whole = Math.max(run.took, ...run.calls.map((call) => call.end), 1);
  const longest = Math.max(...run.calls.map((call) => call.end - call.start), 1);
  const inView = new Set();
  const draw = () => {
    const axis = controls.elements.axis.value;
    let [start, span] = [0, axis === "call" ? longest : whole];
    if (axis === "view" && inView.size > 0) {
      const calls = [...inView].map((it) => it.call);
      const from = Math.min(...calls.map((call) => call.start));
      const to = Math.max(...calls.map((call) => call.end));
      const { step } = ticks(to - from, 8);
      start = Math.floor(from / step) * step;
      span = Math.ceil(Math.max(to - start, 1) / step) * step;
    }
    const number = innerWidth < 640 ? 4 : 8;
    setScale(view, start, span, number);
    byId("axis").firstElementChild.replaceChildren(...scale(start, span, number));
    byId("upstreams").hidden = axis === "call";
  };
  const setAxis = () => {
    const isOfCall = controls.elements.axis.value === "call";
    for (const { track, call } of rows) {
      if (isOfCall) track.style.setProperty("--start", call.start);
      else track.style.removeProperty("--start");
    }
    draw();
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inView.add(rowOf.get(target));
      else inView.delete(rowOf.get(target));
    }
    draw();
  }, { root: view });
  for (const { place } of rows) observer.observe(place);

  const visible = () => rows.filter((it) => !it.place.hidden);
  // One stop of the tabulator for the whole list.
  const reach = (row) => {
    for (const it of rows) it.button.tabIndex = it === row ? 0 : -1;
  };
  const filter = () => {
    const [name, outcome] = [byId("function").value, byId("outcome").value];
    for (const { call, place } of rows) {
      place.hidden = (name !== "" && call.function !== name) || (outcome !== "" && call.outcome !== outcome)
        || (byId("eventful").checked && !isEventful(call));
    }
    byId("shown").textContent = `${grouped(visible().length)} of ${plural(rows.length, "call")}`;
    reach(visible()[0]);
  };
  const choose = (row, step) => {
    row.track.children[row.chosen]?.classList.remove("chosen");
    row.chosen = Math.min(Math.max(step, -1), row.track.children.length - 1);
    const chosen = row.track.children[row.chosen];
    chosen?.classList.add("chosen");
    if (chosen) showTip(chosen.details, chosen);
    else hideTip();
  };
  const rowAt = (target) => target.matches("button.line") ? rowOf.get(target.parentElement) : undefined;
  list.addEventListener("keydown", (event) => {
    const row = rowAt(event.target);
    if (!row) return;
    const shown = visible();
    const at = shown.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined) shown[to]?.button.focus();
    else if (event.key === "ArrowRight") choose(row, row.chosen + 1);
    else if (event.key === "ArrowLeft") choose(row, row.chosen - 1);
    else return;
    event.preventDefault();
  });
  list.addEventListener("focusin", (event) => {
    const row = rowAt(event.target);
    if (row) reach(row);
  });
  list.addEventListener("focusout", (event) => {
    const row = rowAt(event.target);
    if (row) choose(row, -1);
  });
  list.addEventListener("click", (event) => {
    const row = rowOf.get(event.target.closest("button.line")?.parentElement);
    if (!row) return;
    const isOpen = row.place.children.length > 1;
    if (isOpen) row.place.lastChild.remove();
    else row.place.append(steps(row.call));
    row.button.setAttribute("aria-expanded", String(!isOpen));
  });

  const options = (id, of, label) => {
    const counts = new Map();
    for (const { call } of rows) counts.set(of(call), (counts.get(of(call)) ?? 0) + 1);
    byId(id).append(...[...counts].sort().map(([name, number]) =>
      element("option", { value: name }, `${label(name)} (${grouped(number)})`)));
  };
  options("function", (call) => call.function, (name) => name);
  options("outcome", (call) => call.outcome, (name) => OUTCOMES[name] ?? name);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", (event) => (event.target.name === "axis" ? setAxis() : filter()));
  byId("legend").append(...LEGEND.map(([look, text]) => {
    const isPoint = ["hedge", "refused", "mark"].includes(look);
    const track = element("span", { className: "track" }, bar({ look, from: isPoint ? 0.5 : 0, to: 1 }, ""));
    setScale(track, 0, 1, 1);
    return element("li", {}, track, text);
  }));
  draw();
  filter();
  return list.children.length;
}

/** A lane for each upstream: its breaker, the pauses of its gate, and changes of its rate limits. */
function lanes() {
  const names = [...new Set(run.changes.map((it) => it.upstream ?? ""))].sort();
  return names.map((name) => {
    const all = run.changes.filter((it) => (it.upstream ?? "") === name);
    const states = all.filter((it) => it.state);
    const bars = all.flatMap((it) => {
      const details = `${it.name}${it.text ? `: ${it.text}` : ""}\nat ${time(it.at)}`;
      if (!it.state) return [bar({ look: it.until ? "gate" : "mark", from: it.at, to: it.until ?? it.at }, details)];
      const look = { open: "open", isolated: "open", half_open: "half-open" }[it.state];
      const to = states[states.indexOf(it) + 1]?.at ?? run.took;
      return look ? [bar({ look, from: it.at, to }, details)] : [];
    });
    const opened = states.filter((it) => it.state === "open" || it.state === "isolated").length;
    return element("div", { className: "line" },
      element("span", { className: "who" }, element("small", {}, "upstream "), name),
      element("span", { className: "track" }, ...bars),
      element("span", { className: "end" },
        opened > 0 ? `breaker opened ${plural(opened, "time")}` : plural(all.length, "change")));
  });
}

// Set last, when all is drawn: the number of rows.
root.dataset.ready = String(timeline());
