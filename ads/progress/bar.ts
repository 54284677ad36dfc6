const WIDTH = 24;

/** How much of something is done, as `[######------------------]  25 %`. */
export function bar(share: number): string {
  const done = Math.min(1, Math.max(0, share));
  const full = Math.round(done * WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${String(Math.floor(done * 100)).padStart(3)} %`;
}
