// "/" goes to the search box; in a list j and k walk the rows, x chooses one, Enter opens it.
import { isComposing } from "./composing.js";

const TYPING = "input, textarea, select, [contenteditable]";
let at = -1;

function rows() {
  return [...document.querySelectorAll("table[data-keys] tbody tr, .lz-table.fold tbody tr")];
}

function walk(step) {
  const all = rows();
  if (!all.length) return false;
  all[at]?.classList.remove("at");
  at = Math.max(0, Math.min(all.length - 1, at + step));
  all[at].classList.add("at");
  const link = all[at].querySelector("th a, td a");
  link?.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
  return true;
}

function choose() {
  const box = rows()[at]?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

const ACTIONS = {
  "/": () => { const box = document.getElementById("q"); box?.focus(); box?.select(); return Boolean(box); },
  j: () => walk(1),
  k: () => walk(-1),
  x: choose,
};

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open], details.def[open]").forEach((each) => { each.open = false; });
      return;
    }
    if (event.target.closest?.(TYPING)) return;
    if (ACTIONS[event.key]?.()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open], details.def[open]").forEach((each) => {
      if (!each.contains(event.target)) each.open = false;
    });
  });
}
