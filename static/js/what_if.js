// What if: numbers follow the sliders, and controls go back to the profile in place. Every action works without it.
"use strict";

// A slider that is moved says something: its box "not said" is unticked, and a score means that the Step is passed with one.
function speakUp(slider) {
  const box = document.getElementById(slider.dataset.box);
  if (box) box.checked = false;
  const menu = document.getElementById(slider.dataset.menu);
  if (menu) menu.value = "scored";
  const shown = document.getElementById(`v-${slider.id.slice(2)}`);
  if (shown) shown.textContent = slider.value;
}

function sayNothing(box) {
  for (const slider of document.querySelectorAll(`[data-box="${box.id}"]`)) {
    const shown = document.getElementById(`v-${slider.id.slice(2)}`);
    if (shown) shown.textContent = box.checked ? "not said" : slider.value;
  }
}

document.addEventListener("input", (event) => {
  const control = event.target;
  if (!control.closest?.("#what-if")) return;
  if (control.type === "range") speakUp(control);
  if (control.type === "checkbox") sayNothing(control);
});

function putBack(control) {
  if (control.type === "checkbox") control.checked = control.dataset.held === "on";
  else control.value = control.dataset.held;
}

// "Back to it" of one control: the control itself, the boxes in it, its box "not said" and what goes with it.
function goBack(name) {
  const control = document.getElementById(`c-${name}`);
  const alone = control.matches("input, select");
  const parts = alone ? [control] : [...control.querySelectorAll("[data-held]")];
  if (name.endsWith("_score")) parts.push(document.getElementById(control.dataset.menu));
  const score = document.getElementById(`c-${name}_score`);
  if (score) parts.push(score);
  const box = document.getElementById(control.dataset.box);
  const together = box && (box.checked || box.dataset.held === "on");
  if (together) parts.push(box, ...document.querySelectorAll(`[data-box="${box.id}"]`));
  parts.forEach(putBack);
  for (const part of parts) {
    const shown = document.getElementById(`v-${part.id.slice(2)}`);
    if (shown) shown.textContent = document.getElementById(part.dataset.box)?.checked ? "not said" : part.value;
  }
  // The link goes with the answer: the reader goes on at the control.
  (alone ? control : control.querySelector("summary, input[type=checkbox]")).focus();
  control.dispatchEvent(new Event("restored", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-back]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goBack(link.dataset.back);
});

// An error that came or went is also told of the control itself.
document.addEventListener("htmx:afterSettle", () => {
  for (const state of document.querySelectorAll(".what-if-state")) {
    const control = document.getElementById(`c-${state.id.slice("state-".length)}`);
    if (!control?.matches("input, select")) continue;
    if (state.querySelector(".field__error")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
});

// With each move comes its answer: the button is for whoever has no script.
document.addEventListener("DOMContentLoaded", () => {
  const show = document.getElementById("show");
  if (show) show.parentElement.hidden = true;
});
