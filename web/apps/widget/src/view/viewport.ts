/** Tells the styles how much of the window is left while a phone's keyboard is up. */
export function fitToKeyboard(host: HTMLElement): void {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    host.style.setProperty("--view-height", `${view.height}px`);
    host.style.setProperty("--view-top", `${view.offsetTop}px`);
  };
  fit();
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
}
