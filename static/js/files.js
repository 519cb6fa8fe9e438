// The one thing on the page for paper that takes a script: its button opens the browser's print window.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
