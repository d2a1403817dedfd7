// The size of a map: buttons, + - 0, Ctrl with the wheel; a large one is moved by dragging. Links stay links.
import { isComposing } from "./composing.js";

const STEPS = [0.6, 0.8, 1, 1.25, 1.6, 2, 2.6, 3.4];
let size = 1;
let held = null;

const figure = () => document.querySelector("[data-pan]");

function apply(at) {
  const place = figure();
  const map = place?.querySelector(":scope > svg.map");
  if (!map) return;
  const before = map.getBoundingClientRect();
  place.classList.toggle("big", size !== 1);
  map.style.width = size === 1 ? "" : `${Math.round(size * 100)}%`;
  map.style.minWidth = size < 1 ? "0" : "";
  if (!at || !before.width) return;
  const after = map.getBoundingClientRect();
  place.scrollLeft += (at.clientX - before.left) * (after.width / before.width - 1);
  place.scrollTop += (at.clientY - before.top) * (after.height / before.height - 1);
}

function zoom(way, at) {
  const now = STEPS.indexOf(size);
  size = way === "fit" ? 1 : STEPS[Math.max(0, Math.min(STEPS.length - 1, now + (way === "in" ? 1 : -1)))];
  apply(at);
}

export function watchZoom() {
  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("[data-zoom-by]")?.dataset.zoomBy;
    if (way) zoom(way);
  });
  document.addEventListener("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !event.target.closest?.("[data-pan]")) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? "in" : "out", event);
  }, { passive: false });
  document.addEventListener("keydown", (event) => {
    if (!figure() || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select")) return;
    const way = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
    if (way) { event.preventDefault(); zoom(way); }
  });
  document.addEventListener("pointerdown", (event) => {
    const place = event.target.closest?.("[data-pan].big");
    if (!place || event.button !== 0 || event.pointerType === "touch") return;
    held = { place, x: event.clientX, y: event.clientY, left: place.scrollLeft, top: place.scrollTop, moved: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [across, down] = [event.clientX - held.x, event.clientY - held.y];
    held.moved ||= Math.abs(across) + Math.abs(down) > 5;
    if (!held.moved) return;
    held.place.classList.add("held");
    held.place.scrollLeft = held.left - across;
    held.place.scrollTop = held.top - down;
  });
  document.addEventListener("pointerup", () => {
    const last = held;
    held = null;
    last?.place.classList.remove("held");
    if (last?.moved) addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
  });
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-pan]")) event.preventDefault(); });
  document.addEventListener("htmx:afterSwap", () => apply());
}
