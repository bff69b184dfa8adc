/** The mark: a small paper lantern in two strokes, drawn on a 24 × 24 field.
 *  It glows by opacity only, while the assistant thinks. */
export const LANTERN = {
  viewBox: "0 0 24 24",
  body: "M8.5 5.5h7c3 1 5 3.2 5 6s-2 5-5 6h-7c-3-1-5-3.2-5-6s2-5 5-6Z",
  tassel: "M12 2.2v3.3M10 17.5v3.4M14 17.5v3.4M9.2 5.5c-1.6 3.6-1.6 8.4 0 12M14.8 5.5c1.6 3.6 1.6 8.4 0 12",
} as const;

export type Theme = "light" | "dark" | "system";

/** Sets <html data-theme> to what is asked, or to what the system says; returns the stop function. */
export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const isDark = theme === "dark" || (theme === "system" && dark.matches);
    root.dataset.theme = isDark ? "dark" : "light";
    root.classList.toggle("dark", isDark);
  };
  paint();
  if (theme !== "system") return () => undefined;
  dark.addEventListener("change", paint);
  return () => dark.removeEventListener("change", paint);
}
