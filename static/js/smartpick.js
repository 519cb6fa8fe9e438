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
document.addEventListener("htmx:load", (event) => followSwitches(event.target));
document.addEventListener("htmx:sendError", () => sayFailure("SmartPick cannot be reached. Check the connection, then try again."));
document.addEventListener("htmx:responseError", () => sayFailure("That did not work. Reload the page, then try again."));
