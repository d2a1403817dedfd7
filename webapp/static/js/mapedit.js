// The editor of a map: drag a node to its place, with Shift draw a supply line; the keyboard does all of it too.
// Every step only fills one of the page's own forms and sends it.
import { isComposing } from "./composing.js";

const TYPING = "input, textarea, select, [contenteditable]";
const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
let held = null;
let again = "";

const editor = () => document.querySelector("[data-editor]");
const item = (event) => event.target.closest?.("[data-editor] li[data-code]");

function send(id, values) {
  const form = document.getElementById(id);
  if (!form) return;
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  again = values.code;
  form.requestSubmit();
}

function zone(event, over) {
  const box = over.querySelector("a").getBoundingClientRect();
  const part = (event.clientY - box.top) / box.height;
  return part < 0.3 ? "before" : part > 0.7 ? "after" : "into";
}

function clear() {
  document.querySelectorAll("[data-editor] [data-drop]").forEach((each) => { delete each.dataset.drop; });
}

function over(event) {
  if (!held) return;
  const target = item(event);
  const stage = event.target.closest?.("[data-editor] section[data-stage]");
  if ((!target && !stage) || target === held || held.contains(target)) return;
  event.preventDefault();
  clear();
  if (target) target.dataset.drop = event.shiftKey ? "link" : zone(event, target);
  else stage.dataset.drop = "into";
}

function drop(event) {
  const target = item(event);
  const stage = event.target.closest?.("[data-editor] section[data-stage]");
  if (!held || (!target && !stage)) return;
  event.preventDefault();
  const code = held.dataset.code;
  if (target && event.shiftKey) { send("drag-link", { code, other: target.dataset.code }); return; }
  const where = target ? zone(event, target) : "stage";
  const beside = where === "before" ? target : target?.nextElementSibling;
  if (where === "into") send("move-form", { code, way: "", parent: target.dataset.code, stage: "", before: "" });
  else if (where === "stage") send("move-form", { code, way: "", parent: "", stage: stage.dataset.stage, before: "" });
  else send("move-form", {
    code, way: "", parent: target.dataset.parent, stage: target.dataset.stage,
    before: beside && beside !== held ? beside.dataset.code : "",
  });
}

function walk(step) {
  const links = [...document.querySelectorAll("[data-editor] li[data-code] > a")];
  const at = links.indexOf(document.activeElement);
  if (at < 0) return false;
  links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
  return true;
}

function stepBack(event) {
  const redo = event.key === "y" || event.key === "Y" || (event.shiftKey && event.key.toLowerCase() === "z");
  if (!redo && event.key.toLowerCase() !== "z") return false;
  const button = document.querySelector(redo ? "[data-redo] button" : "[data-undo] button");
  if (!button || button.disabled) return false;
  again = editor().dataset.node ?? "";
  button.click();
  return true;
}

function act(event, code) {
  if (event.altKey && WAYS[event.key]) { send("move-form", { code, way: WAYS[event.key], parent: "", stage: "", before: "" }); return true; }
  if (event.altKey) return false;
  if (event.key === "ArrowDown") return walk(1);
  if (event.key === "ArrowUp") return walk(-1);
  const open = editor().dataset.node === code;
  if (event.key === "n" && open) { document.querySelector("[data-new-child]")?.click(); return true; }
  if (event.key === "l" && open) { document.getElementById("other")?.focus(); return true; }
  if (event.key === "Delete" && open) { document.querySelector("#remove-form button")?.focus(); return true; }
  return false;
}

export function watchMapEditor() {
  document.addEventListener("dragstart", (event) => {
    held = item(event);
    if (!held) return;
    event.stopPropagation();
    event.dataTransfer.effectAllowed = "linkMove";
    event.dataTransfer.setData("text/plain", held.dataset.code);
  });
  document.addEventListener("dragover", over);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", () => { held = null; clear(); });
  document.addEventListener("keydown", (event) => {
    if (!editor() || isComposing(event) || event.target.closest?.(TYPING)) return;
    const code = item(event)?.dataset.code;
    const done = event.ctrlKey || event.metaKey ? stepBack(event) : code && act(event, code);
    if (done) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  // Not before the new forms are known to htmx: a key pressed at once would send one of them as a whole page.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!editor() || event.detail.target?.id !== "editor") return; // another part of the page, e.g. one that asks by itself
    const fault = editor().querySelector("[role=alert][tabindex='-1']");
    const back = again && editor().querySelector(`li[data-code="${CSS.escape(again)}"] > a`);
    if (fault) fault.focus();
    else if (back) back.focus();
    else if (editor().dataset.node && innerWidth < 992) document.getElementById("open").scrollIntoView();
    again = "";
  });
}
