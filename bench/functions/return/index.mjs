/** Does nothing, at once. */
export async function handler() {
  return {};
}
