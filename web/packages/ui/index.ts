/** The mark: a small paper lantern in two strokes, drawn on a 24 × 24 field.
 *  It glows by opacity only, while the assistant thinks. */
export const LANTERN = {
  viewBox: "0 0 24 24",
  body: "M12 3.2v2.6M8.6 5.8h6.8M12 5.8c4.3 0 7 2.7 7 5.9s-2.7 5.9-7 5.9-7-2.7-7-5.9 2.7-5.9 7-5.9Z",
  tassel: "M9 17.6h6M12 17.6v3.6",
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
