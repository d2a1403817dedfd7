// "/" goes to the search box and "?" shows all shortcuts. In a list j and k walk the entries, arrows too once one
// is marked; x chooses it, m opens the move of a board's card, Enter follows its link, Escape leaves and closes.
import { isComposing } from "./composing.js";

const TYPING = "input, textarea, select, [contenteditable]";
const ENTRIES = ".lz-main tbody tr, .lz-board > section article, .lz-queue li, .lz-main .lz-rows > li";
const OPEN = "details.menu[open], details.def[open]";
let marked = null;

const entries = () => [...document.querySelectorAll(ENTRIES)].filter((each) => each.offsetParent && each.querySelector("a"));

function mark(entry) {
  marked?.classList.remove("at");
  marked = entry;
  if (!entry) return;
  entry.classList.add("at");
  (entry.querySelector("th a") ?? entry.querySelector("a")).focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
}

function walk(step) {
  const all = entries();
  if (!all.length) return false;
  const at = all.indexOf(marked);
  mark(all[Math.max(0, Math.min(all.length - 1, at + step))]);
  return true;
}

const onward = (step) => Boolean(marked?.isConnected) && walk(step);

function choose() {
  const box = marked?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function move() {
  const menu = marked?.querySelector("details.lz-move");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector("select")?.focus();
  return true;
}

function help() {
  const sheet = document.getElementById("keys");
  if (!sheet || sheet.open) return Boolean(sheet);
  sheet.showModal();
  return true;
}

const ACTIONS = {
  "/": () => { const box = document.getElementById("q"); box?.focus(); box?.select(); return Boolean(box); },
  "?": help,
  j: () => walk(1),
  k: () => walk(-1),
  ArrowDown: () => onward(1),
  ArrowUp: () => onward(-1),
  x: choose,
  m: move,
};

function close() {
  const open = [...document.querySelectorAll(OPEN)];
  open.forEach((each) => { each.open = false; });
  open[0]?.querySelector("summary")?.focus();
  const moving = document.activeElement?.closest?.("details.lz-move[open]");
  if (moving) { moving.open = false; moving.querySelector("summary").focus(); }
  else if (!open.length) mark(null);
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { close(); return; }
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    if (ACTIONS[event.key]?.()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[data-keys]") && help()) event.preventDefault();
    document.querySelectorAll(OPEN).forEach((each) => {
      if (!each.contains(event.target)) each.open = false;
    });
  });
}
