// My list: a program is dragged, its panel opens in place, and the keyboard keeps its place. Every action works without it.
"use strict";

const workspace = () => document.getElementById("workspace");

// htmx looks for the old self of every element with an id, one search of the page each: seconds for three hundred rows.
// The list is replaced as a whole instead.
document.addEventListener("DOMContentLoaded", () => {
  htmx.defineExtension("whole", {
    handleSwap(style, target, fragment) {
      if (style !== "whole") return false;
      const fresh = fragment.querySelector("#workspace");
      target.replaceWith(fresh);
      return [fresh];
    },
  });
});

// --- order by dragging: it presses the button that the keyboard has, for any place at once ---

let dragged = null;

function addGrips() {
  for (const entry of document.querySelectorAll("[data-movable] > .entry")) {
    const grip = document.createElement("span");
    grip.className = "entry__grip";
    grip.textContent = "↕";
    grip.title = "Drag to move";
    grip.draggable = true;
    grip.setAttribute("aria-hidden", "true");
    entry.append(grip);
  }
}

function unmark() {
  for (const entry of document.querySelectorAll(".entry--before, .entry--after, .entry--dragged")) {
    entry.classList.remove("entry--before", "entry--after", "entry--dragged");
  }
}

function over(event) {
  const entry = event.target.closest?.("[data-movable] > .entry");
  if (!dragged || !entry) return null;
  const box = entry.getBoundingClientRect();
  return { entry, after: event.clientY > box.top + box.height / 2 };
}

function place(entry, after) {
  const next = after ? entry.nextElementSibling : entry;
  if (next === dragged || entry === dragged) return;
  const form = document.getElementById("work");
  const values = { do: `place ${dragged.dataset.key} ${next ? next.dataset.key : ""}`.trim() };
  htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, values, target: "#workspace", swap: "whole" });
}

document.addEventListener("dragstart", (event) => {
  if (!event.target.classList?.contains("entry__grip")) return;
  dragged = event.target.closest(".entry");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.key);
  event.dataTransfer.setDragImage(dragged, 0, 0);
  dragged.classList.add("entry--dragged");
});
document.addEventListener("dragover", (event) => {
  const found = over(event);
  if (!found) return;
  event.preventDefault();
  unmark();
  dragged.classList.add("entry--dragged");
  found.entry.classList.add(found.after ? "entry--after" : "entry--before");
});
document.addEventListener("drop", (event) => {
  const found = over(event);
  if (!found) return;
  event.preventDefault();
  place(found.entry, found.after);
});
document.addEventListener("dragend", () => {
  unmark();
  dragged = null;
});

// --- the panel of one entry, below its row ---

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".entry__do a.do[href]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openPanel(link);
  }
  const closing = event.target.closest?.(".entry [data-closes]");
  if (closing) {
    event.preventDefault();
    const entry = closing.closest(".entry");
    entry.querySelector(".panel").remove();
    entry.querySelector("a.do").focus();
  }
});

function openPanel(link) {
  const entry = link.closest(".entry");
  let panel = entry.querySelector(".panel");
  if (!panel) {
    panel = document.createElement("div");
    panel.className = "panel";
    panel.id = `panel-${entry.dataset.key}`;
    entry.append(panel);
  }
  const opened = htmx.ajax("GET", link.getAttribute("href"), { target: panel, swap: "outerHTML" });
  opened.then(() => entry.querySelector(".panel textarea")?.focus());
}

// --- what a swap of the whole list must not lose: notes being written, ticks, and where the keyboard is ---

let kept = [];
let ticked = [];
let focused = null;

function whereFocusIs() {
  const element = document.activeElement;
  if (!workspace()?.contains(element)) return null;
  return { id: element.id, value: element.value, key: element.closest(".entry")?.dataset.key };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== workspace()) return;
  focused = whereFocusIs();
  // A button of one row leaves the ticks of others as they are; one for the ticked ones has done with them, unless it failed.
  const ofOneRow = String(event.detail.requestConfig.parameters.do ?? " ").includes(" ");
  const failed = event.detail.serverResponse.includes('class="message message--error"');
  ticked = ofOneRow || failed ? [...document.querySelectorAll(".entry__tick:checked")].map((box) => box.value) : [];
  const sent = event.detail.requestConfig.elt.closest(".panel");
  kept = [...document.querySelectorAll(".entry > .panel")].filter((panel) => panel !== sent);
});

function restore() {
  for (const panel of kept) {
    document.getElementById(`program-${panel.id.slice("panel-".length)}`)?.append(panel);
  }
  for (const key of ticked) {
    const box = document.querySelector(`.entry__tick[value="${CSS.escape(key)}"]`);
    if (box) box.checked = true;
  }
  kept = ticked = [];
  if (focused && document.activeElement === document.body) giveFocus(focused);
  focused = null;
}

function giveFocus({ id, value, key }) {
  const same = [...document.querySelectorAll('button[form="work"]')].find((button) => value && button.value === value);
  const row = key && document.getElementById(`program-${key}`);
  const next = (id && document.getElementById(id)) || same || row?.querySelector("a.do") || document.getElementById("on-list-title");
  if (next?.id === "on-list-title") next.tabIndex = -1;
  next?.focus();
}

// The page itself, and the list swapped into it.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body && event.target !== workspace()) return;
  addGrips();
  restore();
});
