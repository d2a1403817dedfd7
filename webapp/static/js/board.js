// A board's cards can be dragged, or moved by the key M; both only use the card's own "move to" form.
export function watchBoard() {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  let held = null;
  board.addEventListener("dragstart", (event) => {
    held = event.target.closest("article[draggable]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "card");
  });
  board.addEventListener("dragover", (event) => {
    if (held && optionFor(event)) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const option = held && optionFor(event);
    if (!option) return;
    event.preventDefault();
    option.selected = true;
    held.querySelector("form").requestSubmit();
  });
  function optionFor(event) {
    const state = event.target.closest("section[data-state]")?.dataset.state;
    return [...held.querySelectorAll("select[name=target] option")].find((each) => each.value === state);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "m" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const menu = event.target.closest?.("article")?.querySelector("details.lz-move");
    if (!menu || event.target.closest("select, input")) return;
    event.preventDefault();
    menu.open = true;
    menu.querySelector("select")?.focus();
  });
}
