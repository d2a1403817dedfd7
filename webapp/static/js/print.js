// A button that prints the page: [data-print]. Without script the browser's own menu does the same.
export function watchPrint() {
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });
}
