const frame = document.querySelector("iframe");
frame.onload = () => {
  const page = frame.contentDocument;
  const all = (selector) => page.querySelectorAll(selector);
  const root = page.documentElement;
  const found = {
    ready: root.dataset.ready,
    error: root.dataset.error ?? "none",
    rows: all("#calls > li").length,
    bars: all("#calls .track > i").length,
    foreign: all("img, iframe, object, link, #recording ~ script ~ script").length,
    title: page.title,
    overflow: root.scrollWidth > frame.clientWidth,
    width: frame.clientWidth,
  };
  found.message = page.body.textContent.includes("<\/script><img src=");
  const press = (key) => page.activeElement.dispatchEvent(
    new frame.contentWindow.KeyboardEvent("keydown", { key, bubbles: true }));
  found.stops = all("#calls button[tabindex='0']").length;
  all("#calls button[tabindex='0']")[0].focus();
  press("ArrowDown");
  press("ArrowRight");
  found.focused = page.activeElement.textContent;
  found.tip = page.getElementById("tip").textContent;
  page.activeElement.click();
  found.steps = all("#calls .steps tbody tr").length;
  found.expanded = page.activeElement.getAttribute("aria-expanded");
  const outcome = page.getElementById("outcome");
  outcome.value = "cancelled";
  outcome.dispatchEvent(new Event("change", { bubbles: true }));
  found.filtered = all("#calls > li:not([hidden])").length;
  found.styled = frame.contentWindow.getComputedStyle(all("#tip")[0]).position;
  const lines = Object.entries(found).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  document.body.textContent = ["", ...lines, ""].join("\n");
};
