// The little that HTML cannot do alone. Every page works without it.
"use strict";

// A box that says "none yet" switches off the field it speaks for: <div data-switches-off="id of the field"> around the box.
function followSwitches(root) {
  for (const switcher of root.querySelectorAll("[data-switches-off]")) {
    const box = switcher.querySelector("input[type=checkbox]");
    const target = document.getElementById(switcher.dataset.switchesOff);
    const follow = () => {
      target.disabled = box.checked;
    };
    box.addEventListener("change", follow);
    follow();
  }
}

// What would push the list off a phone's first screen starts closed; where there is room, it starts open.
function openWhenWide(root) {
  if (window.matchMedia("(min-width: 48rem)").matches) {
    for (const box of root.querySelectorAll("details[data-open-when-wide]")) {
      box.open = true;
    }
  }
}

// The line of pages that a phone pushes sideways starts where the reader is.
function showCurrentPage() {
  const current = document.querySelector(".workspace-nav [aria-current]");
  const line = current?.closest("ul");
  if (line) line.scrollLeft += current.getBoundingClientRect().left - line.getBoundingClientRect().left - (line.clientWidth - current.offsetWidth) / 2;
}

// Work of a few seconds: the button says that it is under way, and takes no second click.
function sayBusy(form) {
  for (const button of form.querySelectorAll("button:not([name])")) {
    button.dataset.label = button.textContent;
    button.textContent = form.dataset.busy;
    button.disabled = true;
  }
  const line = document.createElement("p");
  line.className = "visually-hidden";
  line.textContent = form.dataset.busy;
  document.getElementById("messages").replaceChildren(line);
}

// Back from the next page, as the browser kept this one.
function sayReady() {
  for (const button of document.querySelectorAll("button[data-label]")) {
    button.textContent = button.dataset.label;
    button.disabled = false;
    delete button.dataset.label;
  }
}

// A request that fails must say so where messages are read aloud; htmx itself stays silent.
function sayFailure(text) {
  const messages = document.getElementById("messages");
  const line = document.createElement("p");
  line.className = "message message--error";
  line.textContent = text;
  messages.replaceChildren(line);
  messages.scrollIntoView({ block: "nearest" });
}

// Fires for the page itself and for everything swapped into it.
document.addEventListener("htmx:load", (event) => {
  followSwitches(event.target);
  openWhenWide(event.target);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.busy && !event.submitter?.name) {
    sayBusy(event.target);
  }
});
window.addEventListener("pageshow", sayReady);
showCurrentPage();
// Rows added in place: the reader goes on at the first of them, not at the top of the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const pager = event.detail.target;
  if (pager.classList.contains("pager")) {
    const shown = document.querySelectorAll(".result").length;
    pager.parentElement.addEventListener("htmx:afterSettle", (settled) => settled.currentTarget.querySelectorAll(".result__name a")[shown]?.focus(), { once: true });
  }
});
document.addEventListener("htmx:sendError", () => sayFailure("SmartPick cannot be reached. Check the connection, then try again."));
document.addEventListener("htmx:responseError", () => sayFailure("That did not work. Reload the page, then try again."));

// A button that was swapped under the keyboard keeps its place, unless the reader has gone on meanwhile.
document.addEventListener("htmx:afterSettle", (event) => {
  const toggle = event.target.closest?.(".saved-toggle");
  if (toggle && document.activeElement === document.body) toggle.querySelector("button")?.focus();
});
