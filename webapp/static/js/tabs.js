// Where tabs are wider than the screen, the current one is in sight from the start.
export function watchTabs() {
  for (const current of document.querySelectorAll(".lz-tabs > [aria-current]")) {
    const tabs = current.parentElement;
    tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.clientWidth) / 2;
  }
}
